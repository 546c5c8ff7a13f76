import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';

export interface ImageStoreInput {
  readonly archive: string;
  readonly binDir: string;
  /** The containerd root to make. */
  readonly imageStore: string;
}

/** Starts containerd, imports the archive, ends containerd. Arguments: containerd, ctr, configuration, scratch folder, root, archive. */
const importScript = `
set -eu
"$1" --config "$3" --root "$5" --state "$4/state" --address "$4/sock" --log-level warn &
containerd=$!
trap 'kill "$containerd" 2>/dev/null || true; wait "$containerd" || true' EXIT
tries=0
until "$2" --address "$4/sock" version >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 150 ] && kill -0 "$containerd" || { echo "containerd does not answer" >&2; exit 1; }
  sleep 0.1
done
"$2" --address "$4/sock" --namespace k8s.io images import "$6" >&2
"$2" --address "$4/sock" --namespace k8s.io images ls --quiet
`;

/** CRI and the other snapshotters would only leave files of their own in the store. */
const containerdConfig = `version = 2
disabled_plugins = [
  "io.containerd.grpc.v1.cri",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.native", "io.containerd.snapshotter.v1.zfs",
]
`;

/**
 * Makes a containerd root with every image of the archive, imported and unpacked. The store's own containerd does it in
 * a separate mount namespace. Returns the images' names as containerd lists them. Needs root.
 */
export async function makeImageStore(input: ImageStoreInput): Promise<readonly string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'groundswell-containerd-'));
  try {
    const config = join(scratch, 'config.toml');
    await writeFile(config, containerdConfig);
    await rm(input.imageStore, { recursive: true, force: true });
    await mkdir(input.imageStore, { recursive: true });
    const programs = [join(input.binDir, 'containerd'), join(input.binDir, 'ctr')];
    const args = ['sh', ...programs, config, scratch, input.imageStore, input.archive];
    const isolation = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
    const names = await mustRun('unshare', [...isolation, 'sh', '-c', importScript, ...args]);
    await removeLeftovers(input.imageStore);
    await shareProgram(input);
    return names.split('\n').filter(Boolean).sort();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function removeLeftovers(imageStore: string): Promise<void> {
  for (const name of await readdir(imageStore)) {
    if (name === 'tmpmounts' || name.startsWith('io.containerd.runtime')) {
      await rm(join(imageStore, name), { recursive: true, force: true });
    }
  }
}

/** The unpacked kube binary becomes a hard link of the store's: hosts and containers then share one page cache. */
async function shareProgram(input: ImageStoreInput): Promise<void> {
  const program = join(input.binDir, 'kube');
  const sizeBytes = await fileSize(program);
  const snapshots = join(input.imageStore, 'io.containerd.snapshotter.v1.overlayfs', 'snapshots');
  for (const snapshot of await readdir(snapshots)) {
    const unpacked = join(snapshots, snapshot, 'fs', 'usr', 'local', 'bin', 'kube');
    if (sizeBytes === undefined || (await fileSize(unpacked)) !== sizeBytes) continue;
    const aside = `${unpacked}.linked`;
    await link(program, aside);
    await rename(aside, unpacked);
  }
}

async function fileSize(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

/** The files of a containerd root that are written to in place; everything else is only ever added or removed. */
const databases = ['io.containerd.metadata.v1.bolt/meta.db', 'io.containerd.snapshotter.v1.overlayfs/metadata.db'];

/**
 * Makes `target` (a host's /var/lib/containerd, absent or empty) from an image store: hard links, because blobs and
 * unpacked layers never change, and copies of the two databases. A few MB per host. On another disk everything is copied.
 */
export async function cloneImageStore(imageStore: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const [from, to] = await Promise.all([stat(imageStore), stat(target)]);
  await mustRun('cp', [from.dev === to.dev ? '-al' : '-a', `${imageStore}/.`, target]);
  for (const database of databases) {
    await rm(join(target, database), { force: true });
    await copyFile(join(imageStore, database), join(target, database));
  }
}
