import { readFile, readdir, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HostNetwork } from './network/host-network.js';

/** The facts of a host, seen from outside. Kept as `host.json` in its folder once its disk is ready. */
export const HostRecord = z.object({
  /** The EC2 instance id. */
  id: z.string().regex(/^i-[0-9a-z]+$/),
  /** The node's name, for the ledger. The host itself is called as its user-data says. */
  name: z.string(),
  address: z.string(),
  hostname: z.string(),
  /** Memory of its instance type. Absent: it sees that of the machine. */
  memoryMiB: z.number().optional(),
});
export type HostRecord = z.infer<typeof HostRecord>;

/** The paths of a host. */
export interface HostPaths {
  readonly dir: string;
  /** The mounted root file system: `upper` over the golden rootfs. */
  readonly root: string;
  /** Mount point of the host's own disk, with all its writes except its image store. */
  readonly disk: string;
  /** The file that the disk is in. There is none where the machine has no loop devices: `disk` is a plain folder then. */
  readonly diskImage: string;
  readonly upper: string;
  readonly work: string;
  /** containerd's folder: on the machine's disk, because hard links into the shared image store go no further. */
  readonly imageStore: string;
  readonly consoleLog: string;
}

export function hostPaths(hostsDir: string, id: string): HostPaths {
  const dir = join(hostsDir, id);
  const disk = join(dir, 'disk');
  return {
    dir,
    root: join(dir, 'root'),
    disk,
    diskImage: join(dir, 'disk.img'),
    upper: join(disk, 'upper'),
    work: join(disk, 'work'),
    imageStore: join(dir, 'containerd'),
    consoleLog: join(dir, 'console.log'),
  };
}

/** nspawn's name of the host, unique on the machine. */
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
