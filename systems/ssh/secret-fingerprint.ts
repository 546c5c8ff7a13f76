import { createHmac } from 'node:crypto';

/** Names the purpose of the digest, so that it equals no other value from the same secret. */
const purpose = 'groundswell.dev fingerprint of the worker secret';

/**
 * The fingerprint of a worker secret: 16 hexadecimal digits of an HMAC (SHA-256). Anybody may see it: it leads back
 * neither to the secret nor to a host key.
 */
export function secretFingerprint(secret: string): string {
  return createHmac('sha256', secret).update(purpose).digest('hex').slice(0, 16);
}
