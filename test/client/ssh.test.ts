import { describe, expect, it } from 'vitest';
import { sshArguments } from '../../client/commands/ssh.js';

const host = {
  node: 'k8s-redis',
  address: '198.18.0.7',
  user: 'admin',
  key: { file: '/keys/demo' },
  hostKeys: ['ssh-ed25519 AAAA'],
};

describe('sshArguments', () => {
  it('accepts the pinned keys only, and offers only the key of the spec', () => {
    const args = sshArguments(host, '/run/known_hosts');

    expect(args).toContain('StrictHostKeyChecking=yes');
    expect(args).toContain('UserKnownHostsFile=/run/known_hosts');
    expect(args).toContain('GlobalKnownHostsFile=/dev/null');
    expect(args).toContain('HostKeyAlias=k8s-redis');
    expect(args).toContain('IdentitiesOnly=yes');
    expect(args.slice(-5)).toEqual(['-p', '22', '-l', 'admin', '198.18.0.7'].slice(-5));
  });

  it('leaves the choice of the key to ssh when the spec names an environment variable', () => {
    expect(sshArguments({ ...host, key: { env: 'SSH_KEY' } }, '/run/known_hosts')).not.toContain('-i');
  });
});
