import { describe, expect, it } from 'vitest';
import { createMasker, maskSecrets } from '../../../systems/ansible/mask-secrets.js';
import { openSshKeyPair } from '../../../systems/ssh/openssh-private-key.js';

const { privateKey } = openSshKeyPair(Buffer.alloc(32, 7), 'test');
const keyBody = privateKey.split('\n')[1] ?? '';

describe('maskSecrets', () => {
  it('replaces each secret, the longest first', () => {
    expect(maskSecrets('pass=hunter22 and hunter2', ['hunter2', 'hunter22'])).toBe('pass=*** and ***');
  });

  it('replaces bootstrap tokens that nobody named', () => {
    expect(maskSecrets('Using token: abcdef.0123456789abcdef', [])).toBe('Using token: ***');
  });

  it('leaves ordinary words alone', () => {
    expect(maskSecrets('a version v1.36.3 of kubeadm', ['a', ''])).toBe('a version v1.36.3 of kubeadm');
  });

  it('replaces a secret as JSON and as Base64 write it', () => {
    const secret = 'pass"word\nof two lines';
    const text = `${JSON.stringify({ secret })} ${Buffer.from(secret).toString('base64')}`;

    expect(maskSecrets(text, [secret])).toBe('{"secret":"***"} ***');
  });

  it('replaces each line of a secret of several lines', () => {
    expect(maskSecrets(`found ${keyBody}`, [privateKey])).toBe('found ***');
  });

  it('replaces private keys that nobody named, over lines and within one, and shows what comes after', () => {
    const over = maskSecrets(`before\n${privateKey}after`, []);
    const within = maskSecrets(JSON.stringify({ key: privateKey, more: 'shown' }), []);

    expect(over).not.toContain(keyBody);
    expect(over.split('\n').at(0)).toBe('before');
    expect(over.split('\n').at(-1)).toBe('after');
    expect(within).toBe('{"key":"***\\n","more":"shown"}');
  });

  it('replaces the key of a kubeconfig, and leaves its public certificates', () => {
    expect(maskSecrets('client-certificate-data: LS0tcHVi\nclient-key-data: LS0tc2VjcmV0', [])).toBe(
      'client-certificate-data: LS0tcHVi\nclient-key-data: ***',
    );
  });
});

describe('createMasker', () => {
  it('shows lines again when a key that begins never ends', () => {
    const mask = createMasker([]);
    mask('-----BEGIN RSA PRIVATE KEY-----');

    const later = Array.from({ length: 200 }, (_, number) => mask(`line ${number}`));

    expect(later[0]).toBe('***');
    expect(later.at(-1)).toBe('line 199');
  });
});
