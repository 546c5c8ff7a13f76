import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';
import { withFileLock } from '../../systems/file-lock.js';
import { ensureRootfs } from '../hosts/disk/rootfs.js';
import { buildPrograms, type ProgramPart } from './build-programs.js';
import { ensureGo, plannedGoVersion } from './go-toolchain.js';
import { makeImageStore } from './image-store.js';
import { writeImagesArchive } from './images-archive.js';
import { kubernetesVersions, recipeVersion } from './kubernetes-versions.js';
import { downloadPrograms, officialArchives, officialPlaces, whyNotOfficial } from './official-downloads.js';
import { makePackageMirror } from './package-mirror.js';
import { withProgress, type ProgressListener } from './progress.js';
import { storeKey } from './store-key.js';

/** Everything that real hosts need to become a Kubernetes cluster, in one folder that nothing writes to. */
export interface KubernetesStore {
  /** Mount it read-only at this same path in every host: the packages' programs are links into it. */
  readonly dir: string;
  /** Programs: kubectl, kubeadm, kubelet, kube-apiserver, etcd, etcdctl, containerd and more. */
  readonly bin: string;
  readonly kubectl: string;
  /** A flat apt repository: containerd, runc, kubelet, kubeadm, kubectl, kubernetes-cni. */
  readonly packages: string;
  /** An OCI image layout as one archive. */
  readonly images: string;
  /** Names of the images in it. */
  readonly imageNames: readonly string[];
  /** A containerd root with all images imported and unpacked: see `cloneImageStore`. */
  readonly imageStore: string;
  /** kube-flannel.yml of the flannel release. Its network is 10.244.0.0/16. */
  readonly flannelManifest: string;
  readonly versions: StoreVersions;
}

/** Versions of what is in a store, without a leading `v`. */
export interface StoreVersions {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly coredns: string;
  readonly flannel: string;
  readonly cniPlugins: string;
  /** The distribution's, such as `1.6.20~ds1-1+deb12u3`. */
  readonly containerd: string;
}

export interface EnsureStoreInput {
  /** The cache shared by clones. The store goes to `<cacheDir>/kubernetes/<key>` (about 1.3 GB). */
  readonly cacheDir: string;
  readonly onProgress: ProgressListener;
}

const modulesDir = join(dirname(fileURLToPath(import.meta.url)), 'modules');

/** A slow machine with one core, and something else on it. */
const longestBuildMs = 60 * 60_000;

const storeFile = z.object({
  dir: z.string(),
  imageNames: z.array(z.string()),
  containerd: z.string(),
  origin: z.string(),
});
type StoreFile = z.infer<typeof storeFile>;

/**
 * Returns the store, and makes a missing store first. Takes programs from their projects' releases if it can reach
 * them, else builds them from pinned Go modules (about 13 minutes on 2 cores, 2.5 GB of memory, 5 GB of disk
 * meanwhile). It is made aside and renamed, by one process at a time. Needs root, Debian or Ubuntu, x86-64.
 * Fails with `CommandFailed` when a part cannot be had.
 */
export async function ensureKubernetesStore(input: EnsureStoreInput): Promise<KubernetesStore> {
  const builtKey = await keyFor(await plannedGoVersion());
  const existing = await findStore(input.cacheDir, [await keyFor('official'), builtKey]);
  if (existing !== undefined) {
    input.onProgress(`kubernetes: ${kubernetesVersions.kubernetes} from the cache (${existing.dir})`);
    return existing;
  }
  const archives = officialArchives(kubernetesVersions, officialPlaces);
  const obstacle = await whyNotOfficial(archives);
  const key = obstacle === undefined ? await keyFor('official') : builtKey;
  const dir = join(input.cacheDir, 'kubernetes', key);
  const waiting = setTimeout(() => {
    input.onProgress(`kubernetes: another process builds the store; npm start waits for it (${dir}.lock)`);
  }, 2000);
  return withFileLock(`${dir}.lock`, longestBuildMs, async () => {
    clearTimeout(waiting);
    const meanwhile = await findStore(input.cacheDir, [key]);
    if (meanwhile !== undefined) return meanwhile;
    await makeStore(input, dir, obstacle);
    const made = await findStore(input.cacheDir, [key]);
    if (made === undefined) throw new RolloutError('Unexpected', `${dir}: expected a finished store, found none`);
    return made;
  }).finally(() => {
    clearTimeout(waiting);
  });
}

/** The store if it is in the cache already, without making it; for tests that are skipped without one. */
export async function findKubernetesStore(cacheDir: string): Promise<KubernetesStore | undefined> {
  return findStore(cacheDir, [await keyFor('official'), await keyFor(await plannedGoVersion())]);
}

/**
 * Removes the compiler's cache (3 to 5 GB); the store does not need it, a changed module then compiles everything anew.
 * Kept by default where `CI` or `GROUNDSWELL_KEEP_GO_CACHE` is set.
 */
export async function dropGoCache(cacheDir: string, keep = isKeptByDefault()): Promise<void> {
  if (!keep) await rm(join(cacheDir, 'go-build'), { recursive: true, force: true });
}

function isKeptByDefault(): boolean {
  return [process.env['CI'], process.env['GROUNDSWELL_KEEP_GO_CACHE']].some(
    (value) => value !== undefined && value !== '',
  );
}

async function keyFor(origin: string): Promise<string> {
  return storeKey({ modulesDir, origin, recipe: JSON.stringify([kubernetesVersions, recipeVersion]) });
}

/** The finished store in this folder (`KubernetesStore.dir`); `undefined` when it is not one any more. */
export async function kubernetesStoreAt(dir: string): Promise<KubernetesStore | undefined> {
  return findStore(dirname(dirname(dir)), [basename(dir)]);
}

async function findStore(cacheDir: string, keys: readonly string[]): Promise<KubernetesStore | undefined> {
  for (const key of keys) {
    const dir = join(cacheDir, 'kubernetes', key);
    const text = await readFile(join(dir, 'store.json'), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const content = storeFile.parse(JSON.parse(text));
    // the packages hold absolute links: a store that was moved is of no use
    if (content.dir === dir) return describeStore(content);
  }
  return undefined;
}

function describeStore(content: StoreFile): KubernetesStore {
  const { dir, imageNames, containerd } = content;
  const { kubernetes, etcd, coredns, flannel, cniPlugins } = kubernetesVersions;
  return {
    dir,
    bin: join(dir, 'bin'),
    kubectl: join(dir, 'bin', 'kubectl'),
    packages: join(dir, 'packages'),
    images: join(dir, 'images.tar'),
    imageNames,
    imageStore: join(dir, 'image-store'),
    flannelManifest: join(dir, 'bin', 'kube-flannel.yml'),
    versions: { kubernetes, etcd, coredns, flannel, cniPlugins, containerd },
  };
}

async function makeStore(input: EnsureStoreInput, dir: string, obstacle: string | undefined): Promise<void> {
  const aside = `${dir}.building`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const rootfs = await ensureRootfs(input);
  const origin = await makePrograms(input, aside, obstacle);
  const paths = { binDir: join(aside, 'bin'), workDir: join(aside, 'work'), versions: kubernetesVersions };
  const archive = join(aside, 'images.tar');
  const step = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    withProgress({ what, onProgress: input.onProgress, work });

  const mirror = await step('packing the packages', () =>
    makePackageMirror({ ...paths, packagesDir: join(aside, 'packages'), hostBinDir: join(dir, 'bin') }),
  );
  const imageNames = await step('making the images', () =>
    writeImagesArchive({ ...paths, rootfs: rootfs.dir, archive }),
  );
  const imported = await step('unpacking the images', () =>
    makeImageStore({ ...paths, archive, imageStore: join(aside, 'image-store') }),
  );
  const missing = imageNames.filter((name) => !imported.includes(name));
  if (missing.length > 0)
    throw new RolloutError('CommandFailed', `containerd: did not import the images ${missing.join(', ')}`);
  await rm(paths.workDir, { recursive: true, force: true });
  const content: StoreFile = { dir, imageNames: [...imageNames], containerd: mirror.containerd, origin };
  await writeFile(join(aside, 'store.json'), `${JSON.stringify(content, undefined, 2)}\n`);
  await rm(dir, { recursive: true, force: true });
  await rename(aside, dir);
}

/** Downloads or builds every program; says in one line which and why. Returns where they came from. */
async function makePrograms(input: EnsureStoreInput, aside: string, obstacle: string | undefined): Promise<string> {
  const go = await ensureGo(input.cacheDir);
  const binDir = join(aside, 'bin');
  const built = `${go.version} (${go.origin})`;
  if (obstacle === undefined) {
    const archives = officialArchives(kubernetesVersions, officialPlaces);
    input.onProgress(
      `kubernetes: ${archives.map((archive) => archive.name).join(', ')} from their releases; flannel built with ${built}`,
    );
    await downloadPrograms({ archives, workDir: join(aside, 'downloads'), binDir, onProgress: input.onProgress });
  } else {
    input.onProgress(
      `kubernetes: built from Go modules with ${built}, because ${obstacle}; about 13 minutes on 2 cores, once`,
    );
  }
  const parts: readonly ProgramPart[] =
    obstacle === undefined ? ['flannel', 'small'] : ['kube', 'etcd', 'coredns', 'flannel', 'small'];
  await buildPrograms({
    ...input,
    parts,
    modulesDir,
    workDir: join(aside, 'work'),
    binDir,
    go,
    versions: kubernetesVersions,
  });
  return obstacle === undefined ? 'releases' : built;
}
