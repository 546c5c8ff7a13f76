import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { mustRun, runProcess } from '../../../systems/process.js';
import { applyCloudConfig } from '../apply-cloud-config.js';
import type { CloudConfig } from '../cloud-config.js';
import type { HostPaths, HostRecord } from '../host-record.js';
import { isMounted, mountPoints } from './mount-points.js';
import { makeOwnDisk, mountOwnDisk } from './own-disk.js';

export interface PrepareDiskOptions {
  readonly paths: HostPaths;
  readonly host: HostRecord;
  readonly config: CloudConfig;
  readonly rootfsDir: string;
  /** A prepared `/var/lib/containerd`; the host gets a clone of it. */
  readonly imageStore: string | undefined;
  /** The name server in `/etc/resolv.conf`. */
  readonly nameserver: string;
  /** Options of resolv.conf(5), for example `timeout:1`. */
  readonly resolverOptions: string;
}

/** Makes a fresh disk: the golden rootfs under an empty layer, its own machine-id, names and host key, and the user-data. */
export async function prepareDisk(options: PrepareDiskOptions): Promise<void> {
  const { paths, host } = options;
  await removeDisk(paths);
  await mkdir(paths.disk, { recursive: true });
  await makeOwnDisk(paths);
  await mkdir(paths.upper, { recursive: true });
  for (const [folder] of boundFolders(paths)) await mkdir(folder, { recursive: true });
  if (options.imageStore !== undefined) await cloneImageStore(options.imageStore, paths.imageStore);

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

/** Mounts the host's disk and its root file system unless they are mounted. */
export async function mountRoot(paths: HostPaths, rootfsDir: string): Promise<void> {
  await mountOwnDisk(paths);
  if (await isMounted(paths.root)) return;
  await mkdir(paths.work, { recursive: true });
  await mkdir(paths.root, { recursive: true });
  // relative, because a comma or colon in the path would be read as an option
  const [upper, work] = [relative(paths.dir, paths.upper), relative(paths.dir, paths.work)];
  const layers = `lowerdir=${rootfsDir},upperdir=${upper},workdir=${work}`;
  await mustRun('mount', ['-t', 'overlay', 'overlay', '-o', layers, paths.root], { cwd: paths.dir });
}

/** Unmounts and removes everything of a host's folder. Fails with `CommandFailed` while something still uses it. */
export async function removeDisk(paths: HostPaths): Promise<void> {
  for (const path of [paths.root, paths.disk]) {
    if (!(await isMounted(path))) continue;
    const unmounted = await runProcess('umount', [path]);
    // a process that is just ending may hold it: let the kernel finish then
    if (unmounted.exitCode !== 0) await mustRun('umount', ['--lazy', path]);
  }
  await rm(paths.dir, { recursive: true, force: true });
}

/** Arguments of nspawn that bind the host's plain folders. */
export function diskBinds(paths: HostPaths): string[] {
  return boundFolders(paths).map(([folder, path]) => `--bind=${escapeColons(folder)}:${path}`);
}

/** Folders that a host gets on a plain file system, and where it sees them: overlayfs on overlayfs would fail. */
function boundFolders(paths: HostPaths): readonly (readonly [string, string])[] {
  return [
    [paths.imageStore, '/var/lib/containerd'],
    [join(paths.disk, 'kubelet'), '/var/lib/kubelet'],
    [join(paths.disk, 'etcd'), '/var/lib/etcd'],
  ];
}

/** A path as nspawn's `--bind` wants it. */
export function escapeColons(path: string): string {
  return path.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}

/** Unmounts everything below a folder, also where the folder itself is gone. */
export async function unmountBelow(dir: string): Promise<void> {
  for (const path of await mountPoints()) if (path.startsWith(`${dir}/`)) await runProcess('umount', ['--lazy', path]);
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
