import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mustRun } from '../../../systems/process.js';
import { readDebianSources } from '../machine/debian-sources.js';
import type { DebianSources } from '../machine/debian-sources.js';
import { enabledUnits, maskedUnits, removedPaths, rootfsFiles, rootfsPackages } from './rootfs-settings.js';
import { recordProcess } from '../../../systems/recorded-process.js';

/** The golden rootfs: the read-only lower layer of every host's disk. Nothing may write to `dir`. */
export interface Rootfs {
  readonly dir: string;
  /** Changes with the distribution, the package list and our settings. */
  readonly key: string;
}

export interface EnsureRootfsOptions {
  /** The cache shared by clones; the rootfs is kept in its `rootfs/` folder (about 330 MB). */
  readonly cacheDir: string;
  readonly onProgress?: (line: string) => void;
}

/**
 * Returns the golden rootfs, after building it once with mmdebstrap from this machine's own package sources (about a minute).
 * It is built aside and renamed, so a half-built one is never seen; what a killed build left is removed. Needs root.
 * Fails with `CommandFailed`.
 */
export async function ensureRootfs(options: EnsureRootfsOptions): Promise<Rootfs> {
  const sources = await readDebianSources();
  const key = rootfsKey(sources);
  const parent = join(options.cacheDir, 'rootfs');
  const dir = join(parent, key);
  if (existsSync(dir)) return { dir, key };

  await mkdir(parent, { recursive: true });
  await removeAbandonedBuilds(parent);
  const aside = join(parent, `.building-${String(process.pid)}-${key}`);
  options.onProgress?.(`building the root file system of the hosts (${sources.distribution} ${sources.codename})`);
  await debootstrap(aside, sources, options.onProgress);
  await applySettings(aside);
  try {
    await rename(aside, dir);
  } catch (cause) {
    // another clone was faster: its result is as good as ours
    if (!existsSync(dir)) throw cause;
    await rm(aside, { recursive: true, force: true });
  }
  return { dir, key };
}

function rootfsKey(sources: DebianSources): string {
  const settings = [rootfsPackages, rootfsFiles, maskedUnits, enabledUnits, removedPaths];
  const digest = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 12);
  return `${sources.distribution}-${sources.codename}-${digest}`;
}

async function removeAbandonedBuilds(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^\.building-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || (await recordProcess(Number(pid))) !== undefined) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function debootstrap(
  dir: string,
  sources: DebianSources,
  onProgress: ((line: string) => void) | undefined,
): Promise<void> {
  const proxies = (await mustRun('apt-config', ['dump', '--no-empty', 'Acquire::http::Proxy'])).split('\n');
  // a namespace of its own: mounts and processes of an interrupted build end with it
  await mustRun(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
      ...['mmdebstrap', '--mode=root', '--variant=minbase', `--include=${rootfsPackages.join(',')}`],
      ...['--aptopt=Acquire::Languages "none"', ...proxies.filter(Boolean).map((line) => `--aptopt=${line}`)],
      ...['--dpkgopt=path-exclude=/usr/share/man/*', '--dpkgopt=path-exclude=/usr/share/doc/*'],
      ...[sources.codename, dir, ...sources.lines],
    ],
    onProgress === undefined ? {} : { onLine: onProgress },
  );
}

async function applySettings(root: string): Promise<void> {
  for (const path of removedPaths) await rm(join(root, path), { force: true });
  for (const file of rootfsFiles) {
    await mkdir(dirname(join(root, file.path)), { recursive: true });
    await rm(join(root, file.path), { force: true });
    await writeFile(join(root, file.path), file.content);
    await chmod(join(root, file.path), file.mode ?? 0o644);
  }
  const units = join(root, '/etc/systemd/system');
  for (const unit of maskedUnits) await link('/dev/null', join(units, unit));
  for (const { unit, wantedBy } of enabledUnits) await link(`../${unit}`, join(units, `${wantedBy}.wants`, unit));
  await mkdir(join(root, '/var/log/journal'), { recursive: true });
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
}
