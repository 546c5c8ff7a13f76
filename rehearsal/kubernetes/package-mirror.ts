import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun, runProcess } from '../../systems/process.js';
import { packagesIndex, releaseFile, type IndexedPackage } from './apt-index.js';
import { buildPackage, repackPackage } from './debian-package.js';
import { kubernetesPackages } from './kubernetes-packages.js';
import type { KubernetesVersions } from './kubernetes-versions.js';

export interface PackageMirrorInput {
  readonly versions: KubernetesVersions;
  readonly packagesDir: string;
  readonly workDir: string;
  readonly binDir: string;
  /** Path of `binDir` on the hosts. */
  readonly hostBinDir: string;
}

/**
 * Makes the apt repository: containerd and runc of this machine's distribution, and Kubernetes' own packages. The
 * programs of the former are moved into `binDir`. Returns containerd's version.
 */
export async function makePackageMirror(input: PackageMirrorInput): Promise<{ readonly containerd: string }> {
  const stage = join(input.workDir, 'package');
  await mkdir(input.packagesDir, { recursive: true });
  const indexed: IndexedPackage[] = [];
  const versions = new Map<string, string>();
  for (const name of ['containerd', 'runc']) {
    const deb = await downloadPackage(name, join(input.workDir, 'debs'));
    const repacked = await repackPackage({ ...input, deb, workDir: stage });
    versions.set(name, repacked.version);
    indexed.push(repacked.indexed);
  }
  for (const entry of kubernetesPackages(input.versions, input.hostBinDir)) {
    indexed.push(await buildPackage(entry, input.packagesDir, stage));
  }
  const packages = packagesIndex(indexed);
  await writeFile(join(input.packagesDir, 'Packages'), packages);
  await writeFile(join(input.packagesDir, 'Release'), releaseFile(packages, new Date()));
  return { containerd: versions.get('containerd') ?? '' };
}

/** Fails with `CommandFailed` when apt cannot fetch it, also after its lists were brought up to date. */
async function downloadPackage(name: string, dir: string): Promise<string> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  // as root, because the user _apt may not write below this folder
  const download = ['-q', '-o', 'APT::Sandbox::User=root', 'download', name];
  const first = await runProcess('apt-get', download, { cwd: dir });
  if (first.exitCode !== 0) {
    await mustRun('apt-get', ['-q', 'update']);
    await mustRun('apt-get', download, { cwd: dir });
  }
  const file = (await readdir(dir)).find((found) => found.endsWith('.deb'));
  if (file === undefined) throw new RolloutError('CommandFailed', `apt-get download ${name}: it left no .deb file`);
  return join(dir, file);
}
