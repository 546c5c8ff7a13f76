import { readFile, readdir, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HostNetwork } from './host-network.js';

/** What is known of a host from outside it. Kept as `host.json` in its folder once its disk is ready. */
export const HostRecord = z.object({
  /** The EC2 instance id. */
  id: z.string().regex(/^i-[0-9a-z]+$/),
  /** The node's name, for the ledger. The host itself is called as its user-data says. */
  name: z.string(),
  address: z.string(),
  hostname: z.string(),
});
export type HostRecord = z.infer<typeof HostRecord>;

/** Where a host's things are. */
export interface HostPaths {
  readonly dir: string;
  /** The mounted root file system: `upper` over the golden rootfs. */
  readonly root: string;
  readonly upper: string;
  readonly work: string;
  /** Plain folders bound into the host: overlayfs on overlayfs would fail. */
  readonly disk: string;
  readonly consoleLog: string;
}

/** Folders that a host gets on the plain file system, by name in `disk/`. */
export const diskFolders: Readonly<Record<string, string>> = {
  containerd: '/var/lib/containerd',
  kubelet: '/var/lib/kubelet',
  etcd: '/var/lib/etcd',
};

export function hostPaths(hostsDir: string, id: string): HostPaths {
  const dir = join(hostsDir, id);
  return {
    dir,
    root: join(dir, 'root'),
    upper: join(dir, 'upper'),
    work: join(dir, 'work'),
    disk: join(dir, 'disk'),
    consoleLog: join(dir, 'console.log'),
  };
}

/** What nspawn calls the host: unique on the machine. */
export function machineName(network: HostNetwork, id: string): string {
  return `${network.id}-${id}`;
}

/** Names that the host's keeper uses in the kernel. */
export function hostNames(network: HostNetwork, host: { readonly id: string; readonly address: string }) {
  const last = Number(host.address.split('.')[3]);
  const [, , third = '0'] = network.prefix.split('.');
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return {
    machine: machineName(network, host.id),
    namespace: `${network.id}-${host.id}`,
    link: `host${String(last)}`,
    mac: `02:67:73:00:${hex(Number(third))}:${hex(last)}`,
  };
}

/** The record of a host whose disk is ready; `undefined` when there is none. */
export async function readHostRecord(dir: string): Promise<HostRecord | undefined> {
  const text = await readFile(join(dir, 'host.json'), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : HostRecord.parse(JSON.parse(text));
}

/** Marks a host's disk as ready. */
export async function writeHostRecord(dir: string, record: HostRecord): Promise<void> {
  await writeFile(join(dir, 'host.json.new'), `${JSON.stringify(record)}\n`);
  await rename(join(dir, 'host.json.new'), join(dir, 'host.json'));
}

/** Ids of all hosts that have a folder, ready or not. */
export async function hostIds(hostsDir: string): Promise<string[]> {
  const names = await readdir(hostsDir).catch(() => []);
  return names.filter((name) => name.startsWith('i-')).sort();
}
