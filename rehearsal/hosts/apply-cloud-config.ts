import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';
import type { CloudConfig, CloudConfigFile, CloudConfigUser } from './cloud-config.js';

/** Does to a mounted root file system, before its first boot, what cloud-init would do at it. */
export async function applyCloudConfig(root: string, config: CloudConfig): Promise<void> {
  await writeHostKey(root, config.ssh_keys);
  const sshd = [
    `PasswordAuthentication ${config.ssh_pwauth ? 'yes' : 'no'}`,
    `PermitRootLogin ${config.disable_root ? 'no' : 'prohibit-password'}`,
  ];
  await writeFile(join(root, 'etc/ssh/sshd_config.d/60-cloud-init.conf'), `${sshd.join('\n')}\n`);
  for (const user of config.users) await addUser(root, user);
  for (const file of config.write_files) await writeUserFile(root, file);
}

async function writeHostKey(root: string, keys: CloudConfig['ssh_keys']): Promise<void> {
  const path = join(root, 'etc/ssh/ssh_host_ed25519_key');
  if (keys === undefined) {
    await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
    return;
  }
  await writeFile(path, ensureNewline(keys.ed25519_private), { mode: 0o600 });
  await writeFile(`${path}.pub`, ensureNewline(keys.ed25519_public));
  await chmod(path, 0o600);
}

async function addUser(root: string, user: CloudConfigUser): Promise<void> {
  const groups =
    typeof user.groups === 'string' ? user.groups.split(',').map((group) => group.trim()) : (user.groups ?? []);
  const extra = [
    ...(groups.length === 0 ? [] : ['--groups', groups.join(',')]),
    ...(user.gecos === undefined ? [] : ['--comment', user.gecos]),
  ];
  if (user.name !== 'root') {
    await mustRun('chroot', [root, 'useradd', '--create-home', '--shell', user.shell, ...extra, user.name]);
  }
  await authorizeKeys(root, user);
  const rules =
    typeof user.sudo === 'string' ? [user.sudo] : user.sudo === undefined || user.sudo === false ? [] : user.sudo;
  if (rules.length === 0) return;
  const lines = rules.map((rule) => `${user.name} ${rule}\n`).join('');
  await writeInRoot(root, { path: `/etc/sudoers.d/90-${user.name}`, content: lines, mode: '0440', owner: 'root:root' });
}

async function authorizeKeys(root: string, user: CloudConfigUser): Promise<void> {
  if (user.ssh_authorized_keys.length === 0) return;
  const content = user.ssh_authorized_keys.map(ensureNewline).join('');
  const home = user.name === 'root' ? '/root' : `/home/${user.name}`;
  await mustRun('chroot', [root, 'install', '-d', '-m', '0700', '-o', user.name, '-g', user.name, `${home}/.ssh`]);
  const owner = `${user.name}:${user.name}`;
  await writeInRoot(root, { path: `${home}/.ssh/authorized_keys`, content, mode: '0600', owner });
}

async function writeUserFile(root: string, file: CloudConfigFile): Promise<void> {
  await writeInRoot(root, { path: file.path, content: file.content, mode: file.permissions, owner: file.owner });
}

interface FileInRoot {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
  readonly owner: string;
}

// inside a chroot, because a link in the host's file system (/var/run → /run) must not lead to the machine's own
async function writeInRoot(root: string, file: FileInRoot): Promise<void> {
  const script = 'umask 077; mkdir -p -m 0755 "$(dirname "$1")" && cat >"$1" && chown "$3" "$1" && chmod "$2" "$1"';
  await mustRun('chroot', [root, 'sh', '-c', script, 'sh', file.path, file.mode, file.owner], { input: file.content });
}

function ensureNewline(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
