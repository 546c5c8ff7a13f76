import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Target } from '../../installation/target.js';
import { temporalPlace } from '../../installation/temporal-place.js';

function aTarget(kind: Target['kind'], ownServer?: string): Target {
  return Target.parse({
    kind,
    temporal: { address: '127.0.0.1:7233', ...(ownServer === undefined ? {} : { ownServer }) },
    spec: 'cluster.yaml',
    artifacts: 'artifacts',
    workerSecretFile: 'worker-secret',
  });
}

describe('temporalPlace', () => {
  it.each([
    ['a server that the environment names belongs to nobody alone', aTarget('live'), undefined],
    ['an embedded server is called as its folder says', aTarget('live', 'server-1'), 'server-1'],
    ['a rehearsal has a world and a server for itself', aTarget('rehearsal'), 'rehearsal'],
    ['and so has a simulated one', aTarget('simulated', 'server-1'), 'rehearsal'],
  ])('%s', (_, target, ownServer) => {
    expect(temporalPlace(target)).toEqual({
      address: '127.0.0.1:7233',
      host: hostname(),
      ...(ownServer === undefined ? {} : { ownServer }),
    });
  });
});
