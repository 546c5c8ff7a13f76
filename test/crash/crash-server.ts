import { TestWorkflowEnvironment } from '@temporalio/testing';
import { onTestFinished, vi } from 'vitest';
import { installQuietLogging } from '../workflows/simulated-worker.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { resolveTemporalCli } from '../../installation/temporal-server/resolve-temporal-cli.js';

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
  // it answers before it has all its namespaces
  for (const name of namespaces) {
    const known = () => env.connection.workflowService.describeNamespace({ namespace: name });
    await vi.waitUntil(() => known().then(Boolean, () => false), { timeout: 60_000, interval: 200 });
  }
  return env;
}
