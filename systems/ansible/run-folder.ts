import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionPace } from '../ssh/connection-pace.js';
import { knownHosts } from '../ssh/public-key.js';
import type { PlaybookRun } from './ansible.js';
import { writeRunOwner } from './run-owner.js';

/** Prefix of the names of such folders. */
export const runFolderPrefix = 'run-';
/** Prefix of the names of the folders with control sockets. */
export const controlFolderPrefix = 'groundswell-ssh-';

/**
 * The files of one run, readable by us only. The worker removes them when the run ends, and the keeper when the worker
 * dies; `sweepRunFolders` removes the rest.
 */
export interface RunFolder {
  readonly path: string;
  /** Holds ssh's control socket; short, because the path of a socket may have 107 bytes. */
  readonly controlFolder: string;
  remove(): Promise<void>;
}

export interface RunFolderInput {
  /** Parent of the folders of all runs. */
  readonly runsFolder: string;
  readonly contentFolder: string;
  readonly run: PlaybookRun;
  readonly privateKey: string;
  readonly pace: ConnectionPace;
}

/**
 * Writes all files that `ansible-playbook` needs for one run. Takes no setting from the machine: neither its Ansible
 * configuration nor its SSH configuration, agent or known hosts.
 */
export async function createRunFolder(input: RunFolderInput): Promise<RunFolder> {
  const { runsFolder, run, privateKey } = input;
  await mkdir(runsFolder, { recursive: true, mode: 0o700 });
  const path = await mkdtemp(join(runsFolder, runFolderPrefix));
  const controlFolder = await mkdtemp(join(tmpdir(), controlFolderPrefix));
  await writeRunOwner(path, controlFolder);
  const write = (name: string, text: string): Promise<void> => writeFile(join(path, name), text, { mode: 0o600 });
  const secrets = run.secretVariables ?? {};
  await write('key', privateKey.endsWith('\n') ? privateKey : `${privateKey}\n`);
  await write('known_hosts', knownHosts(run.host));
  await write('inventory.json', JSON.stringify(inventory(run, path)));
  await write('variables.json', JSON.stringify({ ...run.variables, ...secrets }));
  await write('secrets.json', JSON.stringify(Object.values(secrets)));
  await write('ansible.cfg', configuration(input, { path, controlFolder }));
  return {
    path,
    controlFolder,
    async remove() {
      await rm(path, { recursive: true, force: true });
      await rm(controlFolder, { recursive: true, force: true });
    },
  };
}

function inventory(run: PlaybookRun, path: string): unknown {
  return {
    all: {
      hosts: {
        [run.host.node]: {
          ansible_host: run.host.address,
          ansible_port: run.host.port ?? 22,
          ansible_user: run.host.user,
          ansible_become: run.host.user !== 'root',
          ansible_ssh_private_key_file: join(path, 'key'),
          ansible_python_interpreter: '/usr/bin/python3',
        },
      },
    },
  };
}

function configuration(
  { contentFolder, pace }: RunFolderInput,
  { path, controlFolder }: Pick<RunFolder, 'path' | 'controlFolder'>,
): string {
  const ssh = [
    '-F /dev/null',
    '-o ControlMaster=auto',
    '-o ControlPersist=60s',
    '-o IdentitiesOnly=yes',
    '-o IdentityAgent=none',
    '-o PreferredAuthentications=publickey',
    '-o GlobalKnownHostsFile=/dev/null',
    `-o UserKnownHostsFile=${join(path, 'known_hosts')}`,
    '-o StrictHostKeyChecking=yes',
    '-o UpdateHostKeys=no',
    '-o HostKeyAlgorithms=ssh-ed25519',
    // before Ansible's own value, which is its time-out for sudo: ssh uses the first value
    `-o ConnectTimeout=${pace.connectSeconds}`,
    `-o ServerAliveInterval=${pace.aliveSeconds}`,
    `-o ServerAliveCountMax=${pace.aliveCount}`,
  ];
  return [
    '[defaults]',
    `home = ${join(path, 'home')}`,
    `local_tmp = ${join(path, 'home', 'tmp')}`,
    `roles_path = ${join(contentFolder, 'roles')}`,
    `callback_plugins = ${join(contentFolder, 'callback_plugins')}`,
    'callbacks_enabled = groundswell_events',
    'stdout_callback = ansible.builtin.default',
    'host_key_checking = True',
    'retry_files_enabled = False',
    'gathering = explicit',
    'forks = 1',
    'timeout = 60',
    // the default of 1 ms burns processor time while a task runs
    'internal_poll_interval = 0.05',
    'nocows = True',
    'force_color = False',
    '[inventory]',
    'enable_plugins = ansible.builtin.yaml',
    '[ssh_connection]',
    'pipelining = True',
    `ssh_args = ${ssh.join(' ')}`,
    `control_path_dir = ${controlFolder}`,
    'control_path = %(directory)s/m',
    'retries = 2',
    '',
  ].join('\n');
}
