import { createHmac, hkdfSync } from 'node:crypto';
import { RolloutError } from '../model/rollout-error.js';
import type { SecretSource } from './ssh/host-identity.js';

/**
 * Creates a digest of secrets, in hexadecimal: HMAC-SHA-256 under a key from the worker's secret, so that a reader of a
 * digest cannot try values. Workers with the same secret agree on every digest. A text as the source is the secret
 * itself. Fails with `WorkerSecretMissing` when there is none.
 */
export function createSecretDigest(source: SecretSource | string): (text: string) => string {
  return (text) => {
    const workerSecret = typeof source === 'string' ? source : source.read();
    if (workerSecret === undefined) {
      const place = typeof source === 'string' ? '' : source.place;
      throw new RolloutError('WorkerSecretMissing', `worker secret: expected one in ${place}, found none`);
    }
    const key = Buffer.from(hkdfSync('sha256', workerSecret, 'groundswell.dev secret digest', '', 32));
    return createHmac('sha256', key).update(text).digest('hex');
  };
}
