import type { Client } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import type { RunName } from './ask-temporal.js';
import { WorkflowNotFoundError } from '@temporalio/client';
import { RolloutError } from '../model/rollout-error.js';
import { requireWorker } from './ask-temporal.js';

/**
 * Sends an update and waits for its answer. Fails with `WorkerUnreachable` when nobody could answer, with `NothingRuns`
 * when there is no such open workflow, and with the workflow's own words when it refuses.
 */
export async function sendUpdate<Result, Input>(
  client: Client,
  { workflowId, runId }: RunName,
  update: UpdateDefinition<Result, [Input]>,
  input: Input,
): Promise<Result> {
  await requireWorker(client);
  try {
    return await client.workflow.getHandle(workflowId, runId).executeUpdate(update, { args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new RolloutError('NothingRuns', `${workflowId}: nothing runs under this id, so nothing waits for an answer`);
  }
}
