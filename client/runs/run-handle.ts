import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError, type Client } from '@temporalio/client';
import type { RunName } from './describe-run.js';

/** How a run ended. */
export type RunEnd<Result> =
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: unknown };

/** Waits for the end of one run, for any time, also while Temporal restarts. Never rejects. */
export async function endOfRun<Result>(client: Client, { workflowId, runId }: RunName): Promise<RunEnd<Result>> {
  const handle = client.workflow.getHandle<() => Promise<Result>>(workflowId, runId, { followRuns: false });
  for (;;) {
    try {
      return { ok: true, result: await handle.result() };
    } catch (error) {
      if (!(error instanceof ServiceError)) return { ok: false, error };
      await sleep(2_000);
    }
  }
}

/** Settles at the first Ctrl-C. Ignores later ones, because a wrapper passes the same Ctrl-C on a second time. */
export function waitForCtrlC(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => {
      resolve();
    });
  });
}
