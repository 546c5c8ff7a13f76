import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { defaultPayloadConverter, rootCause, WorkflowNotFoundError, type QueryDefinition } from '@temporalio/common';
import proto from '@temporalio/proto';
import { RolloutError } from '../model/rollout-error.js';
import type { ActivitySnapshot } from '../model/status-snapshot.js';
import { taskQueue } from '../workflows/contract.js';

const { PendingActivityState, TaskQueueType } = proto.temporal.api.enums.v1;

/** A query is answered by a worker; one that takes longer than this is not there. */
const queryTimeoutMs = 8_000;
const serverTimeoutMs = 3_000;

/** Names one workflow run; without `runId` the newest of that id. */
export interface RunName {
  readonly workflowId: string;
  readonly runId?: string;
}

/**
 * Asks a workflow for its status. `undefined` when there is no such workflow, or it has not begun to answer.
 * Fails with `WorkerUnreachable` when no worker answers within 8 seconds.
 */
export async function queryStatus<Status>(
  client: Client,
  { workflowId, runId }: RunName,
  query: QueryDefinition<Status>,
): Promise<Status | undefined> {
  try {
    return await client.withDeadline(Date.now() + queryTimeoutMs, () =>
      client.workflow.getHandle(workflowId, runId).query(query),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return undefined;
    if (isWorkerMissing(error) && (await serverAnswers(client)))
      throw new RolloutError('WorkerUnreachable', `no worker answers on the task queue ${taskQueue}`);
    throw error;
  }
}

/** A query also runs out of time when the server itself is gone. */
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

/** The server's own record of a workflow; `undefined` when there is none. Needs no worker. */
export async function describeRun(client: Client, run: RunName): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(run.workflowId, run.runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

/** Activities that run, or wait for a slot or their next attempt, with the last thing that they said. */
export function pendingActivities(description: WorkflowExecutionDescription): readonly ActivitySnapshot[] {
  return (description.raw.pendingActivities ?? []).map((activity) => {
    const beat = activity.heartbeatDetails?.payloads?.[0];
    const note = beat == null ? undefined : progressLine(defaultPayloadConverter.fromPayload<unknown>(beat));
    const failure = lostInWords(activity.lastFailure?.message);
    const queued = activity.state === PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    const said = note ?? failure ?? (queued ? 'waits for a free slot of a worker' : undefined);
    return {
      workflowId: description.workflowId,
      name: activity.activityType?.name ?? 'activity',
      attempt: activity.attempt ?? 1,
      ...(said === undefined ? {} : { note: said }),
    };
  });
}

/** What the server says of an attempt whose worker it no longer hears, in words; any other failure as it is. */
export function lostInWords(message: string | null | undefined): string | undefined {
  if (message === 'activity Heartbeat timeout') return 'the worker of the attempt before went away';
  return message ?? undefined;
}

function progressLine(progress: unknown): string | undefined {
  if (typeof progress !== 'object' || progress === null || !('line' in progress)) return undefined;
  return typeof progress.line === 'string' && progress.line !== 'started' ? progress.line : undefined;
}

/** A worker as the server saw it last. */
export interface SeenWorker {
  /** What the worker calls itself: `<pid>@<machine>` by default. */
  readonly identity: string;
  readonly secondsAgo: number;
}

/**
 * Workers that polled a task queue within the last 70 seconds, because a poll lasts 60; the newest first. One that was killed
 * since its last poll is still among them: the server cannot know.
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

/** One line of whatever an RPC failed with. */
export function rpcProblem(error: unknown): string {
  return (rootCause(error) ?? String(error)).split('\n')[0] ?? '';
}
