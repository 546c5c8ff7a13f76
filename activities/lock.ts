import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowExecutionDescription } from '@temporalio/client';
import { RolloutError } from '../model/rollout-error.js';
import { applyWorkflowId } from '../workflows/contract.js';

export type LockActivities = ReturnType<typeof createLockActivities>;

/** Looking at the run that holds the lock of a cluster, and waiting for its end. */
export function createLockActivities() {
  return {
    /**
     * Says who holds the lock of a cluster, and since when, so that those who wait can be told.
     *
     * Repeat: safe; it only looks.
     */
    async describeHolder({ cluster }: { readonly cluster: string }) {
      const workflowId = applyWorkflowId(cluster);
      const description = await describe(workflowId);
      const by = description?.memo?.['by'];
      return {
        workflowId,
        ...(description === undefined ? {} : { runId: description.runId }),
        since: description?.startTime.toISOString() ?? 'just now',
        by: typeof by === 'string' ? by : 'unknown',
      };
    },

    /**
     * Succeeds once no run of the workflow id is open, and fails as `ClusterBusy` before: the server tries again at a
     * fixed interval, which writes no history, however long it takes.
     *
     * Repeat: safe; it only looks.
     */
    async waitUntilClosed({ workflowId }: { readonly workflowId: string }): Promise<void> {
      const description = await describe(workflowId);
      if (description?.status.name !== 'RUNNING') return;
      throw new RolloutError('ClusterBusy', `${workflowId}: still runs, since ${description.startTime.toISOString()}`);
    },
  };
}

async function describe(workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await Context.current().client.workflow.getHandle(workflowId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
