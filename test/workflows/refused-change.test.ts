import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal } from './simulated-worker.js';

describe('another kubernetes.version for a cluster that runs', () => {
  it('is refused at the plan: no kubelet gets newer than its API server', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    expect(await (await rehearsal.rollOut({ approve: true }, 'first')).result()).toMatchObject({ outcome: 'done' });
    const before = rehearsal.effects();
    const text = await readFile(rehearsal.target.spec, 'utf8');
    await writeFile(rehearsal.target.spec, text.replace(/version: 1\.36\.\d+/, 'version: 1.36.9'));

    const again = await rehearsal.rollOut({ approve: true }, 'again');

    expect(await failureOf(again.result())).toMatchObject({
      type: 'ChangeRefused',
      message: expect.stringContaining('kubernetes.version: the cluster has 1.36.3, the spec says 1.36.9'),
    });
    expect(rehearsal.effects()).toEqual(before);
  });
});
