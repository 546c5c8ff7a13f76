import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runProcess } from '../../../systems/process.js';
import { readSecret } from '../../../systems/read-secret.js';
import { connectionPace } from '../../../systems/ssh/connection-pace.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { createNodeSsh } from '../../../systems/ssh/node-ssh.js';
import { failureOf } from '../../failure-of.js';
import { type LoopbackSshd, sshdMissing, startSshd } from './loopback-sshd.js';

const missing = await sshdMissing();
const title = `createNodeSsh against a real sshd${missing === undefined ? '' : ` (skipped: ${missing})`}`;

describe.skipIf(missing !== undefined)(title, () => {
  let sshd: LoopbackSshd;
  const ssh = createNodeSsh({ readSecret, pace: { ...connectionPace, connectSeconds: 5 } });

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.close();
  });

  it('connects and says which host key was shown', async () => {
    const { hostKey } = await ssh.connect(sshd.target);

    expect(hostKey).toBe(sshd.target.hostKeys[0]);
  });

  it('returns exit code, stdout and stderr, and passes input', async () => {
    const outcome = await ssh.run(sshd.target, 'cat; echo oops >&2; exit 7', { input: 'a\nb\n' });

    expect(outcome).toEqual({ exitCode: 7, stdout: 'a\nb\n', stderr: 'oops\n' });
  });

  it('takes nothing that a login shell prints for output of the command', async () => {
    const talkative = await startSshd([
      `ForceCommand echo "Welcome, joined=yes"; echo up >&2; sh -c "$SSH_ORIGINAL_COMMAND"; code=$?; echo Bye; exit $code`,
    ]);
    onTestFinished(() => talkative.close());

    const outcome = await ssh.run(talkative.target, `printf "it's"; echo ' $HOME'; exit 7`);

    expect(outcome).toEqual({ exitCode: 7, stdout: "it's $HOME\n", stderr: 'up\n' });
  });

  it('quotes a login shell that runs no command, and takes its exit code for no outcome', async () => {
    const closed = await startSshd(['ForceCommand echo "Please login as the user ubuntu."; exit 0']);
    onTestFinished(() => closed.close());

    const failure = await failureOf(ssh.run(closed.target, 'cat /etc/kubernetes/admin.conf'));

    expect(failure.type).toBe('HostLoginRefused');
    expect(failure.message).toMatch(
      /^node loopback: ssh \S+@127\.0\.0\.1: expected its login shell to run a command, found that it only printed 'Please login as the user ubuntu\.'$/,
    );
  });

  it('returns what a command printed that a signal ended', async () => {
    const outcome = await ssh.run(sshd.target, 'printf half; kill -TERM $$');

    expect(outcome).toEqual({ exitCode: 128, stdout: 'half', stderr: '' });
  });

  it('refuses a host key that is not pinned and says which one was shown', async () => {
    const other = createHostIdentity('other').firstKey({ cluster: 'a', node: 'b', generation: 1 });

    const failure = await failureOf(ssh.connect({ ...sshd.target, hostKeys: [other.publicKey] }));

    expect(failure.type).toBe('HostKeyChanged');
    expect(failure.message).toContain(sshd.target.hostKeys[0]);
  });

  it('accepts nothing when no key is pinned', async () => {
    expect((await failureOf(ssh.connect({ ...sshd.target, hostKeys: [] }))).type).toBe('HostKeyChanged');
  });

  it('tells a refused login from an unreachable host', async () => {
    const stranger = createHostIdentity('stranger').firstKey({ cluster: 'a', node: 'b', generation: 1 });
    const strangers = createNodeSsh({ readSecret: () => Promise.resolve(stranger.privateKey) });

    expect((await failureOf(strangers.connect(sshd.target))).type).toBe('HostLoginRefused');
    expect((await failureOf(ssh.connect({ ...sshd.target, port: 1 }))).type).toBe('HostUnreachable');
  });

  it('reports a connection that is lost while a command runs as unreachable, not as an exit code', async () => {
    const killOwnConnection = 'kill -9 $(ps -o ppid= -p $$)';

    expect((await failureOf(ssh.run(sshd.target, killOwnConnection))).type).toBe('HostUnreachable');
  });

  it('ends early when it is aborted', async () => {
    const controller = new AbortController();
    const running = ssh.run(sshd.target, 'sleep 60', { signal: controller.signal });
    controller.abort(new Error('told to end'));

    await expect(running).rejects.toThrow('told to end');
  });

  it('gives up a command after its time-out', async () => {
    expect((await failureOf(ssh.run(sshd.target, 'sleep 60', { timeoutMs: 200 }))).type).toBe('TimedOut');
  });

  it('uses keys that ssh-keygen reads as the same public key', async () => {
    const shown = await runProcess('ssh-keygen', ['-y', '-f', `${sshd.folder}/host_key`]);

    expect(shown.stdout.split(' ').slice(0, 2).join(' ')).toBe(sshd.target.hostKeys[0]);
  });
});
