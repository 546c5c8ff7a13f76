import type { Client } from '@temporalio/client';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { describeRun } from './describe-run.js';
import { openFrontDoorsOf } from './front-doors.js';

/** A roll-out that `stop` can stop, with the name that people know. */
export interface OpenRun {
  /** Id of its front door, or of the lock when the front door is gone. */
  readonly name: string;
  /**
   * Every workflow to stop, the front door first: a front door that waits for the cluster would start when the lock is
   * free.
   */
  readonly workflowIds: readonly string[];
  readonly holdsCluster: boolean;
}

/** The open roll-outs of a cluster, its holder first, and the roll-outs without a plan. Needs no worker. */
export async function openRuns(client: Client, cluster: string): Promise<readonly OpenRun[]> {
  const lock = await describeRun(client, { workflowId: applyWorkflowId(cluster) });
  const holder = lock?.status.name === 'RUNNING' ? lock : undefined;
  const opener = holder?.raw.workflowExecutionInfo?.parentExecution?.workflowId ?? undefined;
  const doors = (await openFrontDoorsOf(client, cluster)).map(({ id }) => id);
  const waiting = doors.filter((id) => id !== opener);
  return [
    ...(holder === undefined ? [] : [runOf(holder.workflowId, doors.includes(opener ?? '') ? opener : undefined)]),
    ...waiting.map((id) => ({ name: id, workflowIds: [id], holdsCluster: false })),
  ];
}

function runOf(lock: string, opener: string | undefined): OpenRun {
  const workflowIds = [...(opener === undefined ? [] : [opener]), lock];
  return { name: opener ?? lock, workflowIds, holdsCluster: true };
}
