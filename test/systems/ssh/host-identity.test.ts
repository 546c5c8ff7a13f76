import { describe, expect, it } from 'vitest';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { publicKeyOf } from '../../../systems/ssh/public-key.js';

const host = { cluster: 'ecoeco', node: 'k8s-redis', generation: 1 };

describe('createHostIdentity', () => {
  it('gives the same keys for the same secret and host, byte for byte', () => {
    expect(createHostIdentity('s').firstKey(host)).toEqual(createHostIdentity('s').firstKey(host));
  });

  it('gives other keys for another secret, label, cluster, node or generation', () => {
    const identity = createHostIdentity('s');
    const keys = [
      identity.firstKey(host),
      identity.secondKey(host),
      createHostIdentity('t').firstKey(host),
      identity.firstKey({ ...host, cluster: 'other' }),
      identity.firstKey({ ...host, node: 'k8s-postgresql' }),
      identity.firstKey({ ...host, generation: 2 }),
    ].map((key) => key.publicKey);

    expect(new Set(keys).size).toBe(keys.length);
  });

  it('makes private keys whose public half is the one it names', () => {
    for (let generation = 1; generation <= 20; generation += 1) {
      const key = createHostIdentity('s').firstKey({ ...host, generation });

      expect(publicKeyOf(key.privateKey)).toBe(key.publicKey);
    }
  });
});
