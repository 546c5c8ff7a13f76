import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { mustRun, runProcess } from '../../systems/process.js';
import { applyCloudConfig } from './apply-cloud-config.js';
import type { CloudConfig } from './cloud-config.js';
import { diskFolders } from './host-record.js';
import type { HostPaths, HostRecord } from './host-record.js';

export interface PrepareDiskOptions {
  readonly paths: HostPaths;
  readonly host: HostRecord;
  readonly config: CloudConfig;
  readonly rootfsDir: string;
  /** A prepared `/var/lib/containerd`; the host gets a clone of it. */
  readonly imageStore: string | undefined;
  /** What `/etc/resolv.conf` names. */
  readonly nameserver: string;
  /** Options of resolv.conf(5), for example `timeout:1`. */
  readonly resolverOptions: string;
}

/** Makes a fresh disk: the golden rootfs under an empty layer, its own machine-id, names and host key, and the user-data. */
export async function prepareDisk(options: PrepareDiskOptions): Promise<void> {
  const { paths, host } = options;
  await removeDisk(paths);
  await mkdir(paths.upper, { recursive: true });
  for (const name of Object.keys(diskFolders)) await mkdir(join(paths.disk, name), { recursive: true });
  if (options.imageStore !== undefined) await cloneImageStore(options.imageStore, join(paths.disk, 'containerd'));

  await mountRoot(paths, options.rootfsDir);
  const names = [...new Set([options.config.fqdn ?? host.hostname, host.hostname])].join(' ');
  const files = {
    'etc/machine-id': `${randomUUID().replaceAll('-', '')}\n`,
    'etc/hostname': `${host.hostname}\n`,
    'etc/hosts': `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${host.address} ${names}\n`,
    'etc/resolv.conf': `nameserver ${options.nameserver}\noptions ${options.resolverOptions}\n`,
  };
  for (const [path, content] of Object.entries(files)) await writeFile(join(paths.root, path), content);
  await applyCloudConfig(paths.root, options.config);
}

/** Mounts the host's root file system unless it is mounted. */
export async function mountRoot(paths: HostPaths, rootfsDir: string): Promise<void> {
  if (await isMounted(paths.root)) return;
  await mkdir(paths.work, { recursive: true });
  await mkdir(paths.root, { recursive: true });
  // relative, because a comma or colon in the path would be read as an option
  const layers = `lowerdir=${rootfsDir},upperdir=${basename(paths.upper)},workdir=${basename(paths.work)}`;
  await mustRun('mount', ['-t', 'overlay', 'overlay', '-o', layers, paths.root], { cwd: paths.dir });
}

/** Unmounts and removes everything of a host's folder. Fails with `CommandFailed` while something still uses it. */
export async function removeDisk(paths: HostPaths): Promise<void> {
  if (await isMounted(paths.root)) {
    const unmounted = await runProcess('umount', [paths.root]);
    // a process that is just ending may hold it: let the kernel finish then
    if (unmounted.exitCode !== 0) await mustRun('umount', ['--lazy', paths.root]);
  }
  await rm(paths.dir, { recursive: true, force: true });
}

/** Arguments of nspawn that bind the host's plain folders. */
export function diskBinds(paths: HostPaths): string[] {
  return Object.entries(diskFolders).map(([name, path]) => `--bind=${escapeColons(join(paths.disk, name))}:${path}`);
}

/** A path as nspawn's `--bind` wants it. */
export function escapeColons(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}

/** Unmounts everything below a folder, also where the folder itself is gone. */
export async function unmountBelow(dir: string): Promise<void> {
  for (const path of await mountPoints()) if (path.startsWith(`${dir}/`)) await runProcess('umount', ['--lazy', path]);
}

async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path);
}

async function mountPoints(): Promise<string[]> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  return mounts.split('\n').map((line) => unescapeMountPath(line.split(' ')[4] ?? ''));
}

function unescapeMountPath(path: string): string {
  return path.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/**
 * Blobs and unpacked layers are never written to, so they are hard links (one copy on disk and in memory for all hosts);
 * only containerd's two databases are copied. On another file system than the store's everything is copied.
 */
async function cloneImageStore(store: string, target: string): Promise<void> {
  await rm(target, { recursive: true });
  const linked = await runProcess('cp', ['--archive', '--link', store, target]);
  if (linked.exitCode !== 0) {
    await rm(target, { recursive: true, force: true });
    await mustRun('cp', ['--archive', '--reflink=auto', store, target]);
    return;
  }
  for (const database of [
    'io.containerd.metadata.v1.bolt/meta.db',
    'io.containerd.snapshotter.v1.overlayfs/metadata.db',
  ]) {
    await rm(join(target, database));
    await cp(join(store, database), join(target, database));
    await chmod(join(target, database), 0o600);
  }
}
