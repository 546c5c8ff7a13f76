import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { oneLine } from '../../model/show/one-line.js';
import type { BrokenRun } from '../../model/status/status-snapshot.js';
import { describeRun, type RunName } from './describe-run.js';

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** How many of the newest open runs are checked, and how many at a time. */
const mostRuns = 500;
const runsAtOnce = 20;
/** After the failure, a history holds only events of later messages. */
const newestEvents = 100;

/**
 * Explains why a run neither continues nor answers. Returns `undefined` when its workflow task does not fail. Needs no
 * worker.
 */
export async function brokenRun(client: Client, run: RunName): Promise<BrokenRun | undefined> {
  const description = await describeRun(client, run);
  const attempts = (description?.raw.pendingWorkflowTask?.attempt ?? 1) - 1;
  if (description === undefined || attempts < 1) return undefined;
  const { workflowId, runId } = description;
  const message = await lastTaskFailure(client, { workflowId, runId });
  return message === undefined ? undefined : { workflowId, runId, attempts, message };
}

/** Finds broken runs among the open runs of a list filter, and counts the checked runs. */
export async function brokenRuns(
  client: Client,
  query: string,
): Promise<{ readonly looked: number; readonly broken: readonly BrokenRun[] }> {
  const runs: RunName[] = [];
  for await (const { workflowId, runId } of client.workflow.list({
    query: `ExecutionStatus = 'Running' AND ${query}`,
  })) {
    runs.push({ workflowId, runId });
    if (runs.length === mostRuns) break;
  }
  const broken: BrokenRun[] = [];
  for (let from = 0; from < runs.length; from += runsAtOnce) {
    const found = await Promise.all(runs.slice(from, from + runsAtOnce).map((run) => brokenRun(client, run)));
    broken.push(...found.filter((run) => run !== undefined));
  }
  return { looked: runs.length, broken };
}

/**
 * Reads the last failure of a workflow task. A task that only ran out of time, because its worker died, does not count:
 * the next worker takes it.
 */
async function lastTaskFailure(client: Client, execution: Required<RunName>): Promise<string | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution,
    maximumPageSize: newestEvents,
  });
  for (const {
    workflowTaskCompletedEventAttributes: ended,
    workflowTaskFailedEventAttributes: failed,
  } of history?.events ?? []) {
    if (ended != null) return undefined;
    // the first event of a reset
    if (failed == null || failed.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW) continue;
    return oneLine(failed.failure?.message ?? 'no message');
  }
  return undefined;
}
