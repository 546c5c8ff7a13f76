import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { RunName } from './describe-run.js';
import { WorkflowNotFoundError } from '@temporalio/client';
import { RolloutError } from '../../model/rollout-error.js';
import { brokenText } from '../../model/show/broken-run.js';
import { brokenRun } from './broken-runs.js';
import type { Output } from '../output.js';
import { requireWorker } from './ask-temporal.js';
import { noteSilence } from './note-silence.js';

/**
 * Sends an update and waits for its answer, however long. Says so when none comes at once. Fails with `WorkerUnreachable` when no worker can answer, and with
 * `NothingRuns` when there is no such open workflow. Fails with `RunBroken` when the task of the workflow fails, and
 * with the workflow's own words when the workflow refuses.
 */
export async function sendUpdate<Result, Input>(
  { client, output }: { readonly client: Client; readonly output: Output },
  { workflowId, runId }: RunName,
  update: UpdateDefinition<Result, [Input]>,
  input: Input,
): Promise<Result> {
  await requireWorker(client);
  const broken = await brokenRun(client, { workflowId, ...(runId === undefined ? {} : { runId }) });
  if (broken !== undefined) throw new RolloutError('RunBroken', brokenText(broken));
  try {
    const answer = client.workflow.getHandle(workflowId, runId).executeUpdate(update, { args: [input] });
    return await noteSilence(output, answer, 'it answers as soon as one polls → npx groundswell worker');
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new RolloutError(
      'NothingRuns',
      `${workflowId}: no run is open under this id, so nothing waits for an answer`,
    );
  }
}
