import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { rootCause, WorkflowNotFoundError, type QueryDefinition } from '@temporalio/common';
import proto from '@temporalio/proto';
import { brokenText } from '../../model/show/broken-run.js';
import { RolloutError } from '../../model/rollout-error.js';
import { textAt } from '../../model/json-value.js';
import type { ActivitySnapshot, BrokenRun } from '../../model/status/status-snapshot.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { readPending } from '../history/activities.js';
import { brokenRun } from './broken-runs.js';
import { describeRun, type RunName } from './describe-run.js';

const { PendingActivityState, PendingWorkflowTaskState, TaskQueueType } = proto.temporal.api.enums.v1;

/** A worker answers a query. A worker that takes longer than this is gone. */
const queryTimeoutMs = 8_000;
const serverTimeoutMs = 3_000;
const untakenMs = 3_000;

/**
 * The answer of a workflow, or the reason for none. Has neither when there is no such workflow, or when it cannot
 * answer yet.
 */
export interface Asked<Status> {
  readonly status?: Status;
  readonly broken?: BrokenRun;
}

/** Asks a workflow for its status. Fails with `WorkerUnreachable` when no worker answers within 8 seconds. */
export async function askStatus<Status>(
  client: Client,
  run: RunName,
  query: QueryDefinition<Status>,
): Promise<Asked<Status>> {
  const { workflowId, runId } = run;
  try {
    const status = await client.withDeadline(Date.now() + queryTimeoutMs, () =>
      client.workflow.getHandle(workflowId, runId).query(query),
    );
    return { status };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return {};
    const silent = isWorkerMissing(error);
    if (!silent && !(error instanceof QueryNotRegisteredError)) throw error;
    if (silent && !(await serverAnswers(client))) throw error;
    const broken = await brokenRun(client, run);
    if (broken !== undefined) return { broken };
    if (!silent) return {};
    throw new RolloutError('WorkerUnreachable', `no worker answers on the task queue ${taskQueue}`);
  }
}

/**
 * Asks for a status that the caller cannot do without. Fails as `askStatus` does, and with `RunBroken` when the
 * workflow task of the run fails.
 */
export async function queryStatus<Status>(
  client: Client,
  run: RunName,
  query: QueryDefinition<Status>,
): Promise<Status | undefined> {
  const { status, broken } = await askStatus(client, run, query);
  if (broken !== undefined) throw new RolloutError('RunBroken', brokenText(broken));
  return status;
}

/** Whether the server answers. A query also runs out of time when the server itself is gone. */
async function serverAnswers(client: Client): Promise<boolean> {
  const answer = client.withDeadline(Date.now() + serverTimeoutMs, () => client.workflowService.getSystemInfo({}));
  return answer.then(
    () => true,
    () => false,
  );
}

/** gRPC: 4 DEADLINE_EXCEEDED, 9 FAILED_PRECONDITION (`no poller seen for task queue recently`), 1 CANCELLED. */
function isWorkerMissing(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && [1, 4, 9].includes(cause.code);
}

/** Activities that run, or wait for a slot or their next attempt, with their last progress. */
export function pendingActivities(description: WorkflowExecutionDescription): readonly ActivitySnapshot[] {
  return (description.raw.pendingActivities ?? []).map((activity) => {
    const { progress, lastFailure, attempt } = readPending(activity);
    const step = textAt(progress, 'step');
    const queued = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    const waits = queued ? 'waits for a free slot of a worker' : undefined;
    const said = textAt(progress, 'line') ?? lastFailure ?? waits;
    return {
      workflowId: description.workflowId,
      name: activity.activityType?.name ?? 'activity',
      attempt,
      ...(said === undefined ? {} : { note: said }),
      ...(step === undefined ? {} : { step }),
    };
  });
}

/**
 * The last progress of the activities of a run, or that no worker takes the run up. `undefined` when there is nothing to say.
 * Needs no worker.
 */
export async function doingOf(client: Client, run: RunName): Promise<string | undefined> {
  const description = await describeRun(client, run);
  if (description === undefined) return undefined;
  return pendingActivities(description).findLast(({ note }) => note)?.note ?? untaken(description);
}

/** A workflow task that waits longer than a worker that polls would need. */
function untaken({ raw }: WorkflowExecutionDescription): string | undefined {
  const { state, scheduledTime } = raw.pendingWorkflowTask ?? {};
  if (state !== PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED) return undefined;
  const waitedMs = Date.now() - Number(scheduledTime?.seconds ?? 0) * 1000;
  return waitedMs < untakenMs ? undefined : 'no worker has taken it up yet → npx groundswell worker';
}

/** The server's last sight of a worker. */
export interface SeenWorker {
  /** The worker's name for itself: `<pid>@<machine>` by default. */
  readonly identity: string;
  readonly secondsAgo: number;
}

/**
 * Workers that polled a task queue within the last 70 seconds, because a poll lasts 60; the newest first. A worker
 * killed since its last poll is still among them, because the server cannot know.
 */
export async function workersSeen(
  client: Client,
  queue: string,
  kind: 'workflow' | 'activity',
): Promise<readonly SeenWorker[]> {
  const response = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: queue },
    taskQueueType: TaskQueueType[kind === 'workflow' ? 'TASK_QUEUE_TYPE_WORKFLOW' : 'TASK_QUEUE_TYPE_ACTIVITY'],
  });
  return response.pollers
    .map(({ identity, lastAccessTime }) => {
      const agoMs = Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000;
      return { identity: identity ?? '', secondsAgo: Math.max(0, Math.floor(agoMs / 1000)) };
    })
    .filter(({ secondsAgo }) => secondsAgo < 70)
    .sort((a, b) => a.secondsAgo - b.secondsAgo);
}

/** Fails with `WorkerUnreachable` when no worker polls for workflows: a start would wait in silence. */
export async function requireWorker(client: Client): Promise<void> {
  if ((await workersSeen(client, taskQueue, 'workflow')).length > 0) return;
  throw new RolloutError('WorkerUnreachable', `no worker polls the task queue ${taskQueue}`);
}

/** One line for any error of an RPC. */
export function rpcProblem(error: unknown): string {
  return (rootCause(error) ?? String(error)).split('\n')[0] ?? '';
}
