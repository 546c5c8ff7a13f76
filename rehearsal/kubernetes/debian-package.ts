import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun } from '../../systems/process.js';
import type { IndexedPackage } from './apt-index.js';

/** A Debian package of ours: links into the shared store, and a few texts. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly depends: string;
  readonly summary: string;
  /** Path on the host → target of the link. */
  readonly links: Readonly<Record<string, string>>;
  /** Path on the host → content. */
  readonly texts?: Readonly<Record<string, string>>;
  /** Shell script that dpkg runs after the files are there. */
  readonly postinst?: string;
}

const sharedNote = [
  ' The programs of this package are links into a read-only folder that all hosts',
  ' of a rehearsal share, so that they are on disk and in memory once.',
].join('\n');

/** The control file of a package (deb-control(5)). */
export function controlFile(entry: DebianPackage): string {
  const depends = entry.depends === '' ? [] : [`Depends: ${entry.depends}`];
  const fields = [
    `Package: ${entry.name}`,
    `Version: ${entry.version}`,
    'Architecture: amd64',
    'Maintainer: Groundswell rehearsal <rehearsal@groundswell.dev>',
    ...depends,
    'Section: admin',
    'Priority: optional',
    `Description: ${entry.summary}`,
    sharedNote,
  ];
  return `${fields.join('\n')}\n`;
}

/** Builds a package into `packagesDir`. `workDir` is used and removed. */
export async function buildPackage(
  entry: DebianPackage,
  packagesDir: string,
  workDir: string,
): Promise<IndexedPackage> {
  await rm(workDir, { recursive: true, force: true });
  await put(join(workDir, 'DEBIAN', 'control'), controlFile(entry));
  if (entry.postinst !== undefined) await put(join(workDir, 'DEBIAN', 'postinst'), entry.postinst, 0o755);
  for (const [path, target] of Object.entries(entry.links)) {
    await mkdir(dirname(join(workDir, path)), { recursive: true });
    await symlink(target, join(workDir, path));
  }
  for (const [path, text] of Object.entries(entry.texts ?? {})) await put(join(workDir, path), text);
  return archivePackage(workDir, packagesDir, `${entry.name}_${entry.version}_amd64.deb`);
}

export interface RepackInput {
  /** A package of the distribution. */
  readonly deb: string;
  readonly packagesDir: string;
  readonly workDir: string;
  /** Its programs are moved here. */
  readonly binDir: string;
  /** Path of `binDir` on the hosts. */
  readonly hostBinDir: string;
}

/** A package that was made from one of the distribution. */
export interface RepackedPackage {
  readonly version: string;
  readonly indexed: IndexedPackage;
}

/**
 * Makes the same package again with its programs as links into the store and without documentation. Control file, units,
 * configuration and maintainer scripts stay as they are.
 */
export async function repackPackage(input: RepackInput): Promise<RepackedPackage> {
  const { workDir } = input;
  await rm(workDir, { recursive: true, force: true });
  await mustRun('dpkg-deb', ['--raw-extract', input.deb, workDir]);
  for (const unused of ['usr/share', 'DEBIAN/md5sums'])
    await rm(join(workDir, unused), { recursive: true, force: true });
  for (const folder of ['usr/bin', 'usr/sbin']) await moveProgramsAway(join(workDir, folder), input);
  const controlPath = join(workDir, 'DEBIAN', 'control');
  const control = await readFile(controlPath, 'utf8');
  const version = /^Version: (.+)$/m.exec(control)?.[1];
  if (version === undefined) throw new RolloutError('CommandFailed', `${input.deb}: its control file names no version`);
  await writeFile(controlPath, `${withNote(control).trimEnd()}\n`);
  return {
    version,
    indexed: await archivePackage(workDir, input.packagesDir, basename(input.deb).replaceAll('%3a', '_')),
  };
}

/** Without fields that are no longer true; the description, wherever it is in the file, says what was done. */
function withNote(control: string): string {
  return control
    .replace(/^(Installed-Size|Built-Using): .*\n/gm, '')
    .replace(/^(Description: .*)$/m, `$1\n${sharedNote}`);
}

async function moveProgramsAway(folder: string, input: RepackInput): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((found) => found.isFile())) {
    const path = join(folder, entry.name);
    await copyFile(path, join(input.binDir, entry.name));
    await chmod(join(input.binDir, entry.name), 0o755);
    await rm(path);
    await symlink(join(input.hostBinDir, entry.name), path);
  }
}

async function put(path: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
}

async function archivePackage(workDir: string, packagesDir: string, fileName: string): Promise<IndexedPackage> {
  const deb = join(packagesDir, fileName);
  await mkdir(packagesDir, { recursive: true });
  await mustRun('chmod', ['-R', 'u+rwX,go+rX,go-w', workDir]);
  await mustRun('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', workDir, deb]);
  await rm(workDir, { recursive: true });
  const control = await mustRun('dpkg-deb', ['--field', deb]);
  const sha256 = createHash('sha256')
    .update(await readFile(deb))
    .digest('hex');
  return { control, fileName, sizeBytes: (await stat(deb)).size, sha256 };
}
