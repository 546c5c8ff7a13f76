import { describe, expect, it } from 'vitest';
import { createSshKubernetesAccess } from '../../../systems/kubernetes/ssh-kubernetes-access.js';
import type { CommandOutcome, Ssh } from '../../../systems/ssh/ssh.js';
import { failureOf } from '../../failure-of.js';

const target = {
  node: 'k8s-master',
  address: '203.0.113.7',
  user: 'ubuntu',
  key: { env: 'KEY' },
  hostKeys: ['ssh-ed25519 A'],
};
const input = { endpoint: 'api.test.internal' };
const adminConf = `
clusters: [{ name: c, cluster: { server: "https://x:6443" } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: n, context: { cluster: c, user: u } }]
current-context: n
`;

/** A control plane whose file can be asked for; counts how often it was. */
function aHost(outcome: Partial<CommandOutcome>): Ssh & { reads: number } {
  const host = {
    reads: 0,
    answers: () => Promise.resolve(true),
    connect: () => Promise.resolve({ hostKey: 'ssh-ed25519 A' }),
    run: () => {
      host.reads += 1;
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '', ...outcome });
    },
  };
  return host;
}

describe('createSshKubernetesAccess', () => {
  it('fetches the kubeconfig once for a while, and again for another host key', async () => {
    const host = aHost({ stdout: adminConf });
    const access = createSshKubernetesAccess(host);

    const first = await access.connect(target, input);
    const second = await access.connect(target, input);
    await access.connect({ ...target, hostKeys: ['ssh-ed25519 B'] }, input);

    expect(first).toBeDefined();
    expect(second).toBe(first);
    expect(host.reads).toBe(2);
  });

  it('has nothing to connect to before kubeadm init', async () => {
    const access = createSshKubernetesAccess(aHost({ exitCode: 66 }));

    expect(await access.connect(target, input)).toBeUndefined();
    expect(await access.kubeconfig(target, input)).toBeUndefined();
  });

  it('says why the file cannot be read', async () => {
    const access = createSshKubernetesAccess(aHost({ exitCode: 1, stderr: 'sudo: a password is required\n' }));

    await expect(access.connect(target, input)).rejects.toThrow(
      'control plane k8s-master: ubuntu cannot read /etc/kubernetes/admin.conf (exit 1): sudo: a password is required',
    );
  });

  it.each([
    ['is not YAML', 'Welcome: to: this\n- host\n', 'Welcome: to: this'],
    ['is something else', '\nWelcome to this host\n', 'Welcome to this host'],
    ['is empty', '', ''],
    ['is a key', `${'A'.repeat(200)}\n`, '***'],
  ])('quotes what it found where admin.conf was expected, when that %s', async (_what, stdout, quoted) => {
    const failure = await failureOf(createSshKubernetesAccess(aHost({ stdout })).connect(target, input));

    expect(failure.type).toBe('KubernetesUnavailable');
    expect(failure.message).toBe(
      'control plane k8s-master: /etc/kubernetes/admin.conf: kubeconfig: groundswell cannot use it: ' +
        `expected one that names a cluster, found a text that begins with '${quoted}'`,
    );
  });

  it('gives a person a kubeconfig for the address that the worker uses', async () => {
    const text = await createSshKubernetesAccess(aHost({ stdout: adminConf })).kubeconfig(target, input);

    expect(text).toContain('server: https://203.0.113.7:6443');
    expect(text).toContain('tls-server-name: api.test.internal');
  });
});
