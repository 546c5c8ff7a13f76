import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../systems/ansible/mask-secrets.js';

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
});
