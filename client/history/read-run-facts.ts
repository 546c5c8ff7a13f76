import type { Client } from '@temporalio/client';
import type proto from '@temporalio/proto';
import { parseRetrySummary } from '../../model/names/retry-summary.js';
import { activityStep } from '../../model/names/activity-step.js';
import { isSignalName, isUpdateName } from '../../model/messages.js';
import type {
  ActivityFact,
  Interval,
  RunFacts,
  SignalFact,
  TimerFact,
  UpdateFact,
} from '../../model/report/run-facts.js';
import { textAt } from '../../model/json-value.js';
import { payloadValue, timeMs } from './event-values.js';
import { describeRun, type RunName } from '../runs/describe-run.js';

type Event = proto.temporal.api.history.v1.IHistoryEvent;
type Execution = proto.temporal.api.common.v1.IWorkflowExecution;
type Failure = proto.temporal.api.failure.v1.IFailure;
type Pending = proto.temporal.api.workflow.v1.IPendingActivityInfo;

/** A workflow task that waits longer than this found no worker: one that is there answers within milliseconds. */
const workerGapMs = 2_000;

/** The facts of one run, and the children that it started. */
export interface ReadRun {
  readonly facts: RunFacts;
  readonly type: string;
  /** The run that started it. */
  readonly parent?: Required<RunName>;
  readonly children: readonly Required<RunName>[];
}

/** Reads the history of one run. Needs no worker. Fails as the server does when there is no such run. */
export async function readRunFacts(client: Client, { workflowId, runId }: Required<RunName>): Promise<ReadRun> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const events = history.events ?? [];
  const end = endOf(events.at(-1));
  const description = end.state === 'open' ? await describeRun(client, { workflowId, runId }) : undefined;
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  return {
    type: started?.workflowType?.name ?? '',
    ...parentOf(started),
    children: events.flatMap(({ childWorkflowExecutionStartedEventAttributes: child }) =>
      runName(child?.workflowExecution),
    ),
    facts: {
      workflowId,
      runId,
      ...end,
      startedAtMs: timeOf(events[0]) ?? 0,
      input: payloadValue(started?.input?.payloads?.[0]),
      activities: activitiesOf(events, description?.raw.pendingActivities ?? []),
      timers: timersOf(events),
      received: events.flatMap((event) => signal(event, event.workflowExecutionSignaledEventAttributes)),
      sent: events.flatMap((event) => signal(event, event.signalExternalWorkflowExecutionInitiatedEventAttributes)),
      updates: events.flatMap(update),
      workerGaps: workerGapsOf(events, end.state === 'open' ? Date.now() : undefined),
    },
  };
}

function runName(execution: Execution | null | undefined): readonly Required<RunName>[] {
  const { workflowId, runId } = execution ?? {};
  return workflowId == null || runId == null ? [] : [{ workflowId, runId }];
}

function parentOf(started: Event['workflowExecutionStartedEventAttributes']): Pick<ReadRun, 'parent'> {
  const [parent] = runName(started?.parentWorkflowExecution);
  return parent === undefined ? {} : { parent };
}

function endOf(event: Event | undefined): Pick<RunFacts, 'state' | 'endedAtMs' | 'result'> {
  const endedAtMs = timeOf(event);
  const at = endedAtMs === undefined ? {} : { endedAtMs };
  if (event?.workflowExecutionCompletedEventAttributes != null) {
    const result = payloadValue(event.workflowExecutionCompletedEventAttributes.result?.payloads?.[0]);
    const outcome = textAt(result, 'outcome');
    const short = outcome === 'stopped' || outcome === 'aborted' || outcome === 'degraded';
    return { ...at, result, state: short ? outcome : 'done' };
  }
  if (event?.workflowExecutionFailedEventAttributes != null) {
    const { type } = failureOf(event.workflowExecutionFailedEventAttributes.failure);
    return { ...at, state: type === 'Aborted' ? 'aborted' : 'failed' };
  }
  if (event?.workflowExecutionCanceledEventAttributes != null) return { ...at, state: 'cancelled' };
  if (event?.workflowExecutionTerminatedEventAttributes != null) return { ...at, state: 'terminated' };
  if (event?.workflowExecutionTimedOutEventAttributes != null) return { ...at, state: 'timed out' };
  return { state: 'open' };
}

function activitiesOf(events: readonly Event[], pending: readonly Pending[]): readonly ActivityFact[] {
  const started = new Map(
    events.flatMap((event) => {
      const { activityTaskStartedEventAttributes: attributes } = event;
      return attributes == null ? [] : [[String(attributes.scheduledEventId), event] as const];
    }),
  );
  const ended = new Map(
    events.flatMap((event) => {
      const end = activityEnd(event);
      return end === undefined ? [] : [[end.scheduledEventId, end] as const];
    }),
  );
  return events.flatMap((event) => {
    const { activityTaskScheduledEventAttributes: scheduled } = event;
    if (scheduled == null) return [];
    const id = String(event.eventId);
    const { part, step } = activityStep(
      scheduled.activityType?.name ?? '',
      payloadValue(scheduled.input?.payloads?.[0]),
    );
    const begun = beginning(
      started.get(id),
      pending.find(({ activityId }) => activityId === scheduled.activityId),
    );
    const { scheduledEventId: _, ...end } = ended.get(id) ?? { scheduledEventId: id, outcome: 'open' as const };
    return [
      {
        part,
        ...(step === undefined ? {} : { step }),
        queue: scheduled.taskQueue?.name ?? '',
        scheduledAtMs: timeOf(event) ?? 0,
        ...begun,
        ...end,
      },
    ];
  });
}

/** The server writes that an activity began when it has ended; before that only its list of pending ones knows. */
function beginning(
  event: Event | undefined,
  pending: Pending | undefined,
): Pick<ActivityFact, 'startedAtMs' | 'attempts'> {
  const startedAtMs = timeOf(event) ?? timeMs(pending?.lastStartedTime);
  const attempts = event?.activityTaskStartedEventAttributes?.attempt ?? pending?.attempt ?? 1;
  return { ...(startedAtMs === undefined ? {} : { startedAtMs }), attempts };
}

interface ActivityEnd extends Pick<ActivityFact, 'endedAtMs' | 'outcome' | 'failure'> {
  readonly scheduledEventId: string;
}

function activityEnd(event: Event): ActivityEnd | undefined {
  const endedAtMs = timeOf(event) ?? 0;
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed != null)
    return { scheduledEventId: String(completed.scheduledEventId), endedAtMs, outcome: 'completed' };
  const failed = event.activityTaskFailedEventAttributes;
  if (failed != null) {
    return {
      scheduledEventId: String(failed.scheduledEventId),
      endedAtMs,
      outcome: 'failed',
      failure: failureOf(failed.failure),
    };
  }
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut != null) {
    const failure = { ...failureOf(timedOut.failure), type: 'TimedOut' };
    return { scheduledEventId: String(timedOut.scheduledEventId), endedAtMs, outcome: 'timed out', failure };
  }
  const cancelled = event.activityTaskCanceledEventAttributes;
  return cancelled == null
    ? undefined
    : { scheduledEventId: String(cancelled.scheduledEventId), endedAtMs, outcome: 'cancelled' };
}

function failureOf(failure: Failure | null | undefined): { readonly type: string; readonly message: string } {
  const type = failure?.applicationFailureInfo?.type ?? 'Unexpected';
  return { type, message: failure?.message ?? '' };
}

/** Pauses before another try; a front door also has timers of approvals. */
function timersOf(events: readonly Event[]): readonly TimerFact[] {
  const ends = new Map(
    events.flatMap((event) => {
      const { timerId } = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes ?? {};
      return timerId == null ? [] : [[timerId, timeOf(event)] as const];
    }),
  );
  return events.flatMap((event) => {
    const { timerId } = event.timerStartedEventAttributes ?? {};
    if (timerId == null) return [];
    const summary = payloadValue(event.userMetadata?.summary);
    const pause = typeof summary === 'string' ? parseRetrySummary(summary) : undefined;
    if (pause === undefined) return [];
    const endedAtMs = ends.get(timerId);
    return [
      {
        ...pause,
        startedAtMs: timeOf(event) ?? 0,
        ...(endedAtMs === undefined ? {} : { endedAtMs }),
      },
    ];
  });
}

/** From the first moment at which a workflow task was there until a worker took the one that it completed. */
function workerGapsOf(events: readonly Event[], nowMs: number | undefined): readonly Interval[] {
  const gaps: Interval[] = [];
  let fromMs: number | undefined;
  let takenAtMs: number | undefined;
  const close = (toMs: number | undefined): void => {
    if (fromMs !== undefined && toMs !== undefined && toMs - fromMs > workerGapMs) gaps.push({ fromMs, toMs });
  };
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes != null) fromMs ??= timeOf(event);
    if (event.workflowTaskStartedEventAttributes != null) takenAtMs = timeOf(event);
    if (event.workflowTaskTimedOutEventAttributes != null) takenAtMs = undefined;
    if (event.workflowTaskCompletedEventAttributes == null) continue;
    close(takenAtMs);
    fromMs = undefined;
    takenAtMs = undefined;
  }
  close(takenAtMs ?? nowMs);
  return gaps;
}

interface SignalAttributes {
  readonly signalName?: string | null;
  readonly input?: proto.temporal.api.common.v1.IPayloads | null;
}

/** A signal of ours; nothing for one that somebody else sent. */
function signal(event: Event, attributes: SignalAttributes | null | undefined): readonly SignalFact[] {
  const name = attributes?.signalName;
  if (name == null || !isSignalName(name)) return [];
  return [{ name, atMs: timeOf(event) ?? 0, payload: payloadValue(attributes?.input?.payloads?.[0]) }];
}

/** An update of ours. */
function update(event: Event): readonly UpdateFact[] {
  const { name, args } = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input ?? {};
  if (name == null || !isUpdateName(name)) return [];
  return [{ name, atMs: timeOf(event) ?? 0, payload: payloadValue(args?.payloads?.[0]) }];
}

function timeOf(event: Event | undefined): number | undefined {
  return timeMs(event?.eventTime);
}
