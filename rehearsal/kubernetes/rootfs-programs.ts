import { readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun } from '../../systems/process.js';
import type { LayerEntry, LayerFiles } from './image-layer.js';

/** Programs that the kube-proxy and flannel images need beside their own. */
const programs = ['/usr/sbin/xtables-nft-multi', '/usr/sbin/nft', '/usr/sbin/conntrack', '/usr/bin/ip', '/usr/bin/cp'];

/** All names by which xtables-nft-multi is called. */
const xtablesNames = [
  'iptables',
  'iptables-save',
  'iptables-restore',
  'ip6tables',
  'ip6tables-save',
  'ip6tables-restore',
];

/**
 * iptables, nft, conntrack, ip and cp of a Debian root file system with the libraries they need, laid out as there
 * (/bin, /sbin and /lib are links into /usr). Fails with `CommandFailed` when one of them is missing. Needs root (chroot).
 */
export async function rootfsPrograms(rootfs: string): Promise<LayerFiles> {
  const listing = await mustRun('chroot', [rootfs, 'ldd', ...programs]);
  const wanted = new Set([...programs, ...librariesOf(listing), ...(await xtablesExtensions(rootfs))]);
  const files: Record<string, LayerEntry> = {};
  for (const folder of ['bin', 'sbin', 'lib', 'lib64']) files[`/${folder}`] = { kind: 'link', to: `usr/${folder}` };
  for (const path of wanted) files[underUsr(path)] = { kind: 'file', from: await fileInRootfs(rootfs, path) };
  for (const name of xtablesNames) files[`/usr/sbin/${name}`] = { kind: 'link', to: 'xtables-nft-multi' };
  return files;
}

/** The libraries in the output of `ldd`: `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x…)` and the loader's own line. */
export function librariesOf(lddOutput: string): readonly string[] {
  const paths = lddOutput.split('\n').map((line) => /^\s+(?:\S+ => )?(\/\S+) \(0x/.exec(line)?.[1]);
  return [...new Set(paths.filter((path) => path !== undefined))].sort();
}

async function xtablesExtensions(rootfs: string): Promise<readonly string[]> {
  const folder = '/usr/lib/x86_64-linux-gnu/xtables';
  const names = await readdir(join(rootfs, folder));
  return names.filter((name) => name.endsWith('.so')).map((name) => `${folder}/${name}`);
}

/** Follows links as a process inside the root file system would: absolute targets begin at its root. */
async function fileInRootfs(rootfs: string, path: string): Promise<string> {
  let current = underUsr(path);
  for (let hops = 0; hops < 10; hops += 1) {
    const target = await readlink(join(rootfs, current)).catch(() => undefined);
    if (target === undefined) return realpath(join(rootfs, current));
    current = underUsr(resolve(dirname(current), target));
  }
  throw new RolloutError('CommandFailed', `${rootfs}${path}: more than 10 links in a row`);
}

function underUsr(path: string): string {
  return /^\/(bin|sbin|lib|lib64)\//.test(path) ? `/usr${path}` : path;
}
