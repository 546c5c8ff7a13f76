import { TestWorkflowEnvironment } from '@temporalio/testing';
import { onTestFinished } from 'vitest';
import { installQuietLogging } from '../workflows/simulated-worker.js';
import { cacheFolder, readEnvironment } from '../../worker/config.js';
import { resolveTemporalCli } from '../../worker/temporal-server/resolve-temporal-cli.js';

/** A real Temporal server with some namespaces, ended with the test. */
export async function aCrashServer(
  namespaces: readonly string[],
): Promise<Pick<TestWorkflowEnvironment, 'address' | 'connection' | 'client'>> {
  installQuietLogging();
  const { path } = await resolveTemporalCli({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });
  const [namespace = 'default', ...more] = namespaces;
  const extraArgs = more.flatMap((name) => ['--namespace', name]);
  const env = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path }, namespace, extraArgs },
  });
  onTestFinished(() => env.teardown());
  return env;
}
