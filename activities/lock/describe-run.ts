import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';

/** A run of a workflow; without `runId` the newest one. */
export interface RunName {
  readonly workflowId: string;
  readonly runId?: string;
}

/** Describes a run from the server of this worker; `undefined` when the server knows no such run. */
export async function describeRun({ workflowId, runId }: RunName): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await Context.current().client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
