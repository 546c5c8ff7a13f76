import { describe, expect, it } from 'vitest';
import { aSpec } from '../../builders.js';
import { planOf } from './planned-world.js';

describe('makePlan', () => {
  it('reads the manifests of a unit with a Secret once: what it compares is what it plans', async () => {
    const spec = aSpec({ units: [{ name: 'shop', wave: 1, namespace: 'shop', manifests: './shop' }] });
    const metadata = { name: 'db', namespace: 'shop' };
    let readings = 0;
    const render = () => {
      readings += 1;
      return Promise.resolve([
        { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { reading: `no. ${readings}` } },
      ]);
    };

    const { units } = await planOf(spec, { manifests: { render } });

    expect(readings).toBe(1);
    expect(JSON.stringify(units)).not.toContain('no. 1');
  });
});
