import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import { withFileLock } from '../systems/file-lock.js';
import { runProcess } from '../systems/process.js';
import type { ProcessResult } from '../systems/process.js';

/** Programs tried, in order. ansible-core 2.19 runs on CPython 3.11 to 3.13. */
const pythonPrograms = ['python3', 'python3.13', 'python3.12', 'python3.11', '/usr/bin/python3'];
const oldestMinor = 11;
const newestMinor = 13;

const installTimeoutMs = 15 * 60_000;

export interface PythonEnvironmentOptions {
  /** The state folder of the clone, `.groundswell`. */
  readonly stateDir: string;
  /** Path of a requirements file with hashes. */
  readonly requirements: string;
  /** Called with one line before the making of the environment, and with one after it. */
  readonly onProgress: (line: string) => void;
  /** Name of the folder in `stateDir`. Default `venv`. */
  readonly name?: string;
}

export interface PythonEnvironment {
  /** Root of the virtual environment. */
  readonly dir: string;
  /** Path of one of its programs. */
  bin(name: string): string;
}

interface Python {
  readonly program: string;
  /** Full version and place, because an environment belongs to one Python. */
  readonly identity: string;
}

/**
 * Makes sure that the virtual environment holds exactly the packages of the requirements file, and checks every hash.
 * Returns a current environment at once. A marker, written last, holds the hash of the requirements, the Python and the
 * place. Without the right marker, the environment is made anew.
 *
 * Fails with `CommandFailed` when no fitting Python is found or the installation fails; the message says what to
 * install.
 */
export function ensurePythonEnvironment(options: PythonEnvironmentOptions): Promise<PythonEnvironment> {
  const dir = join(options.stateDir, options.name ?? 'venv');
  const environment: PythonEnvironment = { dir, bin: (name) => join(dir, 'bin', name) };
  return withFileLock(`${dir}.lock`, installTimeoutMs, async () => {
    const python = await findPython();
    const requirements = await readFile(options.requirements);
    const wanted = `${createHash('sha256').update(requirements).digest('hex')} ${python.identity} ${dir}\n`;
    const marker = join(dir, '.groundswell-complete');
    if ((await readFile(marker, 'utf8').catch(() => undefined)) === wanted) return environment;
    options.onProgress(`python: installing ${options.requirements} into ${dir} (about half a minute) …`);
    const startedAt = performance.now();
    await rm(dir, { recursive: true, force: true });
    await install(python, environment, options.requirements);
    await writeFile(marker, wanted);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    options.onProgress(`python: ${dir} is ready (${python.identity}, ${seconds} s)`);
    return environment;
  });
}

async function findPython(): Promise<Python> {
  const seen: string[] = [];
  const script = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.version.split()[0], sys.executable)';
  for (const program of pythonPrograms) {
    const result = await runProcess(program, ['-c', script]);
    if (result.exitCode !== 0) continue;
    const [major, minor, version = '', ...place] = result.stdout.trim().split(' ');
    if (major === '3' && Number(minor) >= oldestMinor && Number(minor) <= newestMinor) {
      return { program, identity: `Python ${version} ${place.join(' ')}` };
    }
    seen.push(`${program} is ${version}`);
  }
  const range = `3.${String(oldestMinor)} to 3.${String(newestMinor)}`;
  throw new RolloutError(
    'CommandFailed',
    `python: expected CPython ${range}, found ${seen.length === 0 ? 'none' : seen.join(', ')}; ` +
      'install one (Debian 12, Ubuntu 24.04: apt-get install python3 python3-venv) and repeat this command',
  );
}

/**
 * Installs with the machine's pip if there is one (the quicker way), else with a pip that Python puts into the
 * environment.
 */
async function install(python: Python, environment: PythonEnvironment, requirements: string): Promise<void> {
  const options = ['--disable-pip-version-check', '--quiet', '--no-input'];
  const what = ['install', '--require-hashes', '--requirement', requirements];
  const bare = await runProcess(python.program, ['-m', 'venv', '--without-pip', environment.dir]);
  // `--python` exists since pip 22.3
  const machinePip = ['-m', 'pip', '--python', environment.bin('python')];
  const pip = await runProcess(python.program, [...machinePip, '--version']);
  if (bare.exitCode === 0 && pip.exitCode === 0) {
    const args = [...machinePip, ...options, ...what];
    checkInstalled(await runProcess(python.program, args, { timeoutMs: installTimeoutMs }));
    return;
  }
  const own = await runProcess(python.program, ['-m', 'venv', '--clear', environment.dir]);
  if (own.exitCode !== 0) {
    throw new RolloutError(
      'CommandFailed',
      `python: ${python.identity} cannot make a virtual environment (no pip 22.3 or newer, and no ensurepip either); ` +
        'run `apt-get install python3-venv`, then repeat this command',
      { details: [bare, pip, own].map((result) => `${result.stdout}\n${result.stderr}`.trim()).join('\n') },
    );
  }
  checkInstalled(
    await runProcess(environment.bin('python'), ['-m', 'pip', ...options, ...what], { timeoutMs: installTimeoutMs }),
  );
}

function checkInstalled(result: ProcessResult): void {
  if (result.exitCode === 0) return;
  const lines = result.stderr.trim().split('\n');
  const reason = lines.find((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? '';
  throw new RolloutError(
    'CommandFailed',
    `python: pip install: ${reason === '' ? result.problem : reason}; pip must reach PyPI or a mirror of PyPI`,
    { details: result.stderr.slice(-4000) },
  );
}
