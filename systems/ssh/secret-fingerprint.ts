import { createHmac } from 'node:crypto';

/** Says what the digest is for, so that it equals no other value that is derived from the same secret. */
const purpose = 'groundswell.dev fingerprint of the worker secret';

/**
 * What a worker secret is known again by: 16 hexadecimal digits of an HMAC (SHA-256). It may be seen by anybody: it leads
 * back neither to the secret nor to a host key.
 */
export function secretFingerprint(secret: string): string {
  return createHmac('sha256', secret).update(purpose).digest('hex').slice(0, 16);
}
