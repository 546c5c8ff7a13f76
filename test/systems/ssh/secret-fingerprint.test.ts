import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretFingerprint } from '../../../systems/ssh/secret-fingerprint.js';

const secret = '5'.repeat(64);

describe('secretFingerprint', () => {
  it('is the same on every worker and for every build: it stands in the tags of clusters', () => {
    expect(secretFingerprint(secret)).toBe('441ca0f155f09209');
  });

  it('differs between secrets', () => {
    expect(secretFingerprint('6'.repeat(64))).not.toBe(secretFingerprint(secret));
  });

  it('is no plain hash of the secret, which other programs may show too', () => {
    expect(createHash('sha256').update(secret).digest('hex')).not.toContain(secretFingerprint(secret));
  });
});
