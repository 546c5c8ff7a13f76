import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../systems/free-port.js';
import { runProcess, startDetached } from '../../../systems/process.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import type { SshTarget } from '../../../systems/ssh/ssh.js';

/** A real sshd on a loopback port, with a host key and one authorised key of its own. */
export interface LoopbackSshd {
  readonly target: SshTarget;
  readonly folder: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Why no sshd can be started here; `undefined` when one can. */
export async function sshdMissing(): Promise<string | undefined> {
  const found = await stat('/usr/sbin/sshd').catch(() => undefined);
  return found === undefined ? 'no /usr/sbin/sshd (Debian package openssh-server)' : undefined;
}

/** Starts one; `settings` are further lines of its configuration. */
export async function startSshd(settings: readonly string[] = []): Promise<LoopbackSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-sshd-'));
  const identity = createHostIdentity(folder);
  const host = { cluster: 'test', node: 'loopback', generation: 1 };
  const hostKey = identity.firstKey(host);
  const clientKey = identity.secondKey(host);
  const port = await freePort();
  await writeFile(join(folder, 'host_key'), hostKey.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'client_key'), clientKey.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'authorized_keys'), `${clientKey.publicKey}\n`);
  await writeFile(
    join(folder, 'sshd_config'),
    [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${folder}/host_key`,
      `AuthorizedKeysFile ${folder}/authorized_keys`,
      `PidFile ${folder}/pid`,
      'StrictModes no',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      'Subsystem sftp internal-sftp',
      ...settings,
      '',
    ].join('\n'),
  );
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  const pid = startDetached('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'sshd_config')], {
    logFile: join(folder, 'log'),
  });
  await answering(port);
  return {
    folder,
    pid,
    target: {
      node: 'loopback',
      address: '127.0.0.1',
      port,
      user: userInfo().username,
      key: { file: join(folder, 'client_key') },
      hostKeys: [hostKey.publicKey],
    },
    async close() {
      // also ends the sessions, which are children of the daemon's session
      await runProcess('pkill', ['-KILL', '-s', String(pid)]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(port: number): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => {
        resolve(false);
      });
    });
    if (open) return;
    if (Date.now() > end) throw new Error(`sshd does not listen on ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
