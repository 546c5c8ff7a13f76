import { describe, expect, it } from 'vitest';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { hostKeyText, knownHosts, publicKeyOf } from '../../../systems/ssh/public-key.js';

const key = createHostIdentity('s').firstKey({ cluster: 'a', node: 'b', generation: 1 });

describe('publicKeyOf', () => {
  it('refuses what is not a private key', () => {
    expect(() => publicKeyOf('hello')).toThrow('expected an unencrypted private key');
    expect(() => publicKeyOf(key.publicKey)).toThrow('expected an unencrypted private key');
  });
});

describe('hostKeyText', () => {
  it('writes a key from the wire as a known_hosts line has it', () => {
    const wire = Buffer.from(key.publicKey.split(' ')[1] ?? '', 'base64');

    expect(hostKeyText(wire)).toBe(key.publicKey);
  });
});

describe('knownHosts', () => {
  it('writes one line for each pinned key', () => {
    expect(knownHosts({ address: '10.0.0.1', hostKeys: ['ssh-ed25519 A', 'ssh-ed25519 B'] })).toBe(
      '10.0.0.1 ssh-ed25519 A\n10.0.0.1 ssh-ed25519 B\n',
    );
  });

  it('names the port where it is not 22', () => {
    expect(knownHosts({ address: '10.0.0.1', port: 2222, hostKeys: ['ssh-ed25519 A'] })).toBe(
      '[10.0.0.1]:2222 ssh-ed25519 A\n',
    );
  });
});
