import { createHmac, hkdfSync } from 'node:crypto';

/**
 * Digests of secrets, hexadecimal: by HMAC-SHA-256 under a key from the worker's secret, so that who reads a digest cannot
 * try values. Workers with the same secret agree about every digest.
 */
export function createSecretDigest(workerSecret: string): (text: string) => string {
  const key = Buffer.from(hkdfSync('sha256', workerSecret, 'groundswell.dev secret digest', '', 32));
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}
