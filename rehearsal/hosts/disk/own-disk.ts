import { existsSync } from 'node:fs';
import { rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun, runProcess } from '../../../systems/process.js';
import type { HostPaths } from '../host-record.js';
import { isMounted } from './mount-points.js';

/** The size of a host's disk. Its file is sparse: it takes only as much of the machine's disk as the host wrote. */
const diskBytes = 20 * 1024 ** 3;

/** Seen by the host at this path: whoever logs in to a full host finds what fills it, and may remove it. */
const fillFile = 'var/tmp/full-disk';

/**
 * Makes a host's disk, a file system of its own in a sparse file, and mounts it. Where the machine has no loop devices the
 * folder stays a plain one: the host works the same, but its disk has no end.
 */
export async function makeOwnDisk(paths: HostPaths): Promise<void> {
  await writeFile(paths.diskImage, '');
  await truncate(paths.diskImage, diskBytes);
  // no journal and no reserve: a disk that is thrown away, of which root shall get the last byte
  const layout = ['-q', '-F', '-m', '0', '-O', '^has_journal', '-E', 'lazy_itable_init=1,nodiscard'];
  const made = await runProcess('mkfs.ext4', [...layout, paths.diskImage]);
  if (made.exitCode === 0 && (await mount(paths)).exitCode === 0) return;
  await rm(paths.diskImage);
}

/** Mounts a host's disk unless it is mounted, or is a plain folder. Fails with `CommandFailed`. */
export async function mountOwnDisk(paths: HostPaths): Promise<void> {
  if (!existsSync(paths.diskImage) || (await isMounted(paths.disk))) return;
  await mustRun('mount', mountArguments(paths));
}

/** Whether a host has a disk of its own, which can be full without the machine's being full. */
export function hasOwnDisk(paths: HostPaths): boolean {
  return existsSync(paths.diskImage);
}

/** Whether the disk was filled by `fillDisk`, and has no free byte now. */
export async function isDiskFull(paths: HostPaths): Promise<boolean> {
  return existsSync(join(paths.root, fillFile)) && (await statfs(paths.disk)).bavail === 0;
}

/** Whether `fillDisk` was called and `freeDisk` was not, nor was the file removed on the host. */
export function isDiskFilled(paths: HostPaths): boolean {
  return existsSync(join(paths.root, fillFile));
}

/** Takes every free byte of a host's disk. The space is only reserved: the machine's disk does not fill. */
export async function fillDisk(paths: HostPaths): Promise<void> {
  // through the host's root, never behind the back of the mounted overlay; blocks at the end are found by halving
  const script = `
    free=$(df --output=avail --block-size=1 "$1" | tail -n 1)
    while [ "$free" -ge 4096 ]; do
      fallocate --offset "$(stat --format=%s "$1")" --length "$free" "$1" 2>/dev/null || free=$((free / 2))
    done`;
  const file = join(paths.root, fillFile);
  await mustRun('sh', ['-c', `: >>"$1"; ${script}`, 'sh', file]);
}

/** Gives back what `fillDisk` took. */
export async function freeDisk(paths: HostPaths): Promise<void> {
  await rm(join(paths.root, fillFile), { force: true });
}

function mount(paths: HostPaths): ReturnType<typeof runProcess> {
  return runProcess('mount', mountArguments(paths));
}

function mountArguments(paths: HostPaths): readonly string[] {
  // without a journal to keep in order, barriers would only wait for the machine's disk
  return ['-o', 'loop,noatime,discard,nobarrier,noinit_itable', paths.diskImage, paths.disk];
}
