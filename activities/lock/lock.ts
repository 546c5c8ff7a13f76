import { Context } from '@temporalio/activity';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { queryNames } from '../../model/messages.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { OlderRun } from '../../model/status/older-run.js';
import { goesOn, type NodeStatus, type WaveStatus } from '../../model/status/status.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { describeRun, type RunName } from './describe-run.js';

export type LockActivities = ReturnType<typeof createLockActivities>;

/** Looking at the run that holds the lock of a cluster, and waiting for its end. */
export function createLockActivities() {
  return {
    /**
     * Says who holds the lock of a cluster, and since when, so that those who wait can be told. With `child`, says it of the
     * run that has this id, with what it is at and whether its parent has ended.
     *
     * Repeat: safe; it only looks.
     */
    async describeHolder({ cluster, child }: { readonly cluster: string; readonly child?: string }) {
      const workflowId = child ?? applyWorkflowId(cluster);
      const description = await describeRun({ workflowId });
      const by = description?.memo?.['by'];
      return {
        workflowId,
        ...(description === undefined ? {} : { runId: description.runId }),
        since: description?.startTime.toISOString() ?? 'just now',
        by: typeof by === 'string' ? by : 'unknown',
        ...(child === undefined || description === undefined ? {} : { older: await describeOlder(description) }),
      };
    },

    /**
     * Succeeds when no run of the workflow id is open, and fails as `ClusterBusy` before. The server tries again at a
     * fixed interval, which writes no history, however long it takes.
     *
     * Repeat: safe; it only looks.
     */
    async waitUntilClosed({ workflowId }: { readonly workflowId: string }): Promise<void> {
      const description = await describeRun({ workflowId });
      if (description?.status.name !== 'RUNNING') return;
      throw new RolloutError('ClusterBusy', `${workflowId}: still runs since ${description.startTime.toISOString()}`);
    },
  };
}

/** A child that another run of the lock started. Its parent has ended where its record says so, or is gone. */
async function describeOlder(description: WorkflowExecutionDescription): Promise<OlderRun> {
  const { workflowId, runId } = description.raw.workflowExecutionInfo?.parentExecution ?? {};
  const isChild = typeof workflowId === 'string' && typeof runId === 'string';
  const parent = isChild ? await describeRun({ workflowId, runId }) : undefined;
  const at = await stepOf(description);
  return {
    since: description.startTime.toISOString(),
    parentEnded: isChild && parent?.status.name !== 'RUNNING',
    ...(at === undefined ? {} : { at }),
  };
}

/** The step that it is at, a parked one first. `undefined` where it does not answer within 5 seconds. */
async function stepOf({ workflowId, runId }: RunName): Promise<OlderRun['at']> {
  const { client } = Context.current();
  try {
    const { steps } = await client.withDeadline(Date.now() + queryTimeoutMs, () =>
      client.workflow.getHandle(workflowId, runId).query<NodeStatus | WaveStatus>(queryNames.status),
    );
    return steps.find(({ state }) => state === 'parked') ?? steps.find(goesOn);
  } catch {
    // it may be the very reason why it does not end
    return undefined;
  }
}

const queryTimeoutMs = 5_000;
