import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

/** Names one workflow run; without `runId`, the newest run of that workflow id. */
export interface RunName {
  readonly workflowId: string;
  readonly runId?: string;
}

/** The server's own record of a workflow; `undefined` when there is none. Needs no worker. */
export async function describeRun(client: Client, run: RunName): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(run.workflowId, run.runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
