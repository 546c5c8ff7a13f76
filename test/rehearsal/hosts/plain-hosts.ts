import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimNetwork } from '../../../rehearsal/hosts/network/claim-network.js';
import type { HostNetwork } from '../../../rehearsal/hosts/network/host-network.js';
import { createHosts } from '../../../rehearsal/hosts/hosts.js';
import type { Hosts } from '../../../rehearsal/hosts/hosts.js';
import { ensureRootfs } from '../../../rehearsal/hosts/disk/rootfs.js';
import { installSystemPackages, missingSystemPackages } from '../../../rehearsal/hosts/machine/system-packages.js';
import { mustRun, runProcess } from '../../../systems/process.js';
import type { ProcessResult } from '../../../systems/process.js';
import { findTraces, type HostTraces } from './host-traces.js';

/** Hosts without Kubernetes, and SSH to them by the machine's own `ssh`. */
export interface PlainHosts {
  readonly dir: string;
  readonly stateDir: string;
  readonly network: HostNetwork;
  readonly hosts: Hosts;
  addressOf(id: string): string;
  /** Boots a host with a pinned key, the user `ops` and a file of the user-data. */
  boot(id: string): Promise<void>;
  ssh(id: string, command: string): Promise<ProcessResult>;
  /** The output of a command once it is what is waited for; fails after 60 s. */
  eventually(id: string, command: string, wanted: (stdout: string) => boolean): Promise<string>;
  /** Waits until a host has booted. */
  settled(id: string): Promise<string>;
  bootIdOf(id: string): Promise<string>;
  traces(): Promise<HostTraces>;
  /** Removes the folder; the hosts must be down. */
  remove(): Promise<void>;
}

const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'groundswell');

/**
 * Prepares hosts of these ids, without a network and none booted. Needs root. With files of an image store, each named by its
 * path and holding its name, every host starts with a clone of it.
 */
export async function plainHosts(ids: readonly string[], imageStoreFiles: readonly string[] = []): Promise<PlainHosts> {
  await installSystemPackages(await missingSystemPackages());
  const dir = await mkdtemp(join(tmpdir(), 'groundswell-hosts-'));
  const stateDir = join(dir, 'state, with: odd name');
  const images = imageStoreFiles.length === 0 ? {} : { imageStore: await makeImageStore(dir, imageStoreFiles) };
  const network = await claimNetwork({ clonePath: dir, claimFile: join(dir, 'network.json') });
  const rootfs = await ensureRootfs({ cacheDir });
  const ledger = join(dir, 'ledger.ndjson');
  const hosts = createHosts({ stateDir, rootfs, network, ledger, storeDir: dir, ...images });
  await makeKey(dir, 'user');

  const addressOf = (id: string): string => `${network.prefix}.${String(20 + ids.indexOf(id))}`;
  const ssh = (id: string, command: string): Promise<ProcessResult> => {
    const options = [`UserKnownHostsFile=${join(dir, `known-${id}`)}`, 'StrictHostKeyChecking=yes', 'ConnectTimeout=5'];
    const keep = ['BatchMode=yes', 'ServerAliveInterval=2', 'ServerAliveCountMax=2'];
    const flags = [...options, ...keep].flatMap((option) => ['-o', option]);
    return runProcess('ssh', ['-i', join(dir, 'user'), ...flags, `ops@${addressOf(id)}`, command]);
  };
  const eventually: PlainHosts['eventually'] = async (id, command, wanted) => {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const result = await ssh(id, command);
      if (wanted(result.stdout)) return result.stdout;
      if (Date.now() > deadline) throw new Error(`${command} on ${id}: ${result.stdout}${result.stderr}`);
      await sleep(100);
    }
  };
  return {
    ...{ dir, stateDir, network, hosts, addressOf, ssh, eventually },
    boot: async (id) => {
      const userData = `#cloud-config\n${JSON.stringify(await cloudConfig(dir, id, addressOf(id)))}\n`;
      await hosts.boot({ id, name: `node-${id.slice(-1)}`, address: addressOf(id), userData });
    },
    settled: (id) => eventually(id, 'systemctl is-system-running --wait', (stdout) => stdout.trim() === 'running'),
    bootIdOf: (id) => eventually(id, 'cat /proc/sys/kernel/random/boot_id', (stdout) => stdout !== ''),
    traces: () => findTraces({ id: network.id, prefix: network.prefix, stateDir }),
    remove: () => rm(dir, { recursive: true }),
  };
}

async function cloudConfig(dir: string, id: string, address: string) {
  const user = (await readFile(join(dir, 'user.pub'), 'utf8')).trim();
  const hostKey = await makeKey(dir, `host-${id}`);
  await writeFile(join(dir, `known-${id}`), `${address} ${hostKey.shared}\n`);
  return {
    hostname: `node-${id.slice(-1)}`,
    ssh_keys: { ed25519_private: hostKey.secret, ed25519_public: hostKey.shared },
    users: [{ name: 'ops', sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [user] }],
    write_files: [{ path: '/var/run/../etc/example', content: 'from user-data', permissions: '0640' }],
  };
}

async function makeImageStore(dir: string, files: readonly string[]): Promise<string> {
  const imageStore = join(dir, 'image-store');
  for (const file of files) {
    await mkdir(dirname(join(imageStore, file)), { recursive: true });
    await writeFile(join(imageStore, file), file);
  }
  return imageStore;
}

async function makeKey(dir: string, name: string): Promise<{ readonly secret: string; readonly shared: string }> {
  const path = join(dir, name);
  if (!existsSync(path)) await mustRun('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return { secret: await readFile(path, 'utf8'), shared: (await readFile(`${path}.pub`, 'utf8')).trim() };
}
