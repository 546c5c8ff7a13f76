import { describe, expect, it } from 'vitest';
import { unwiseInUnits, unwiseInSpec } from '../../../model/planner/unwise.js';
import { aSpec } from '../../builders.js';

function spec(...allowedCidrs: readonly string[]) {
  const { access, kubernetes } = aSpec();
  return {
    access: { ...access, allowedCidrs: [...allowedCidrs] },
    kubernetes: { ...kubernetes, cniManifestSha256: 'a'.repeat(64) },
  };
}

describe('a valid spec that cannot succeed at AWS', () => {
  it.each(['203.0.113.0/24', '192.0.2.7/32', '198.51.100.128/25'])(
    'is told so where it lets in %s, where nobody is',
    (range) => {
      expect(unwiseInSpec(spec('10.0.0.0/8', range))).toEqual([
        `access.allowedCidrs: ${range} is a documentation range, which no worker uses; name your own range`,
      ]);
    },
  );

  it('is told so where it lets in everybody', () => {
    expect(unwiseInSpec(spec('0.0.0.0/0'))).toEqual([expect.stringContaining('lets everybody reach SSH')]);
    expect(unwiseInSpec(spec('198.18.0.0/15', '203.0.114.0/24'))).toEqual([]);
  });

  it('is told so where the pod network is whatever a server answers', () => {
    const { access, kubernetes } = { ...aSpec(), ...spec('10.0.0.0/8') };
    const { cniManifestSha256: _digest, ...undigested } = kubernetes;

    expect(unwiseInSpec({ access, kubernetes: undigested })).toEqual([
      expect.stringContaining('pin it with cniManifestSha256'),
    ]);
  });

  it('is told so where a Job is deleted as soon as it ends', () => {
    const job = (name: string, ttlSecondsAfterFinished?: number) => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'shop' },
      spec: ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished },
    });

    expect(unwiseInUnits([{ name: 'shop', objects: [job('migrate', 0), job('seed', 300), job('stays')] }])).toEqual([
      'Job shop/migrate of unit shop is deleted as soon as it ends (ttlSecondsAfterFinished: 0), ' +
        'so nobody can tell whether it succeeded; set it to some minutes',
    ]);
  });

  it('is told so where an image is one that only a rehearsal has', () => {
    const containers = [{ image: 'groundswell.dev/stand-in:1' }, { image: 'docker.io/library/redis:7' }];
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'api' },
      spec: { template: { spec: { initContainers: [{ image: 'groundswell.dev/stand-in:1' }], containers } } },
    };

    const units = ['api-my', 'api-auth'].map((name) => ({ name, objects: [object] }));

    expect(unwiseInUnits(units)).toEqual([
      'image groundswell.dev/stand-in:1 is a stand-in that only a rehearsal has; ' +
        'name an image of a registry that your hosts can reach: units api-my, api-auth',
    ]);
  });
});
