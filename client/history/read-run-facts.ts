import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
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
import { textAt } from '../../model/json/json-value.js';
import { describeRun, type RunName } from '../runs/describe-run.js';
import { activitiesIn, type ReadActivity } from './activities.js';
import { decodeFirst, decodePayload, eventTimeMs, readFailure, type HistoryEvent } from './events.js';

type Execution = temporal.api.common.v1.IWorkflowExecution;

/** A workflow task that waits longer than this found no worker: a live worker answers within milliseconds. */
const workerGapMs = 2_000;

/** The facts of one run, and its children. */
export interface ReadRun {
  readonly facts: RunFacts;
  readonly type: string;
  /** The run that started it. */
  readonly parent?: Required<RunName>;
  readonly children: readonly Required<RunName>[];
}

/** Reads the history of one run. Needs no worker. Fails with the server's error when there is no such run. */
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
      startedAtMs: eventTimeMs(events[0]) ?? 0,
      input: decodeFirst(started?.input),
      activities: activitiesIn(events, description?.raw.pendingActivities ?? []).map(activityFact),
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

function parentOf(started: HistoryEvent['workflowExecutionStartedEventAttributes']): Pick<ReadRun, 'parent'> {
  const [parent] = runName(started?.parentWorkflowExecution);
  return parent === undefined ? {} : { parent };
}

function endOf(event: HistoryEvent | undefined): Pick<RunFacts, 'state' | 'endedAtMs' | 'result'> {
  const endedAtMs = eventTimeMs(event);
  const at = endedAtMs === undefined ? {} : { endedAtMs };
  if (event?.workflowExecutionCompletedEventAttributes != null) {
    const result = decodeFirst(event.workflowExecutionCompletedEventAttributes.result);
    const outcome = textAt(result, 'outcome');
    const short = outcome === 'stopped' || outcome === 'aborted' || outcome === 'degraded';
    return { ...at, result, state: short ? outcome : 'done' };
  }
  if (event?.workflowExecutionFailedEventAttributes != null) {
    const { type } = readFailure(event.workflowExecutionFailedEventAttributes.failure);
    return { ...at, state: type === 'Aborted' ? 'aborted' : 'failed' };
  }
  if (event?.workflowExecutionCanceledEventAttributes != null) return { ...at, state: 'cancelled' };
  if (event?.workflowExecutionTerminatedEventAttributes != null) return { ...at, state: 'terminated' };
  if (event?.workflowExecutionTimedOutEventAttributes != null) return { ...at, state: 'timed out' };
  return { state: 'open' };
}

function activityFact({ name, input, queue, scheduledAtMs = 0, started, pending, end }: ReadActivity): ActivityFact {
  const { part, step } = activityStep(name, input);
  const startedAtMs = started?.atMs ?? pending?.atMs;
  return {
    part,
    ...(step === undefined ? {} : { step }),
    queue,
    scheduledAtMs,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    attempts: started?.attempt ?? pending?.attempt ?? 1,
    ...endOfActivity(end),
  };
}

function endOfActivity(end: ReadActivity['end']): Pick<ActivityFact, 'outcome' | 'endedAtMs' | 'failure'> {
  if (end === undefined) return { outcome: 'open' };
  const { outcome, atMs: endedAtMs } = end;
  if (!('failure' in end)) return { outcome, endedAtMs };
  const { type, message } = end.failure;
  return { outcome, endedAtMs, failure: { type, message } };
}

/** Pauses before another try; a front door also has timers of approvals. */
function timersOf(events: readonly HistoryEvent[]): readonly TimerFact[] {
  const ends = new Map(
    events.flatMap((event) => {
      const { timerId } = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes ?? {};
      return timerId == null ? [] : [[timerId, eventTimeMs(event)] as const];
    }),
  );
  return events.flatMap((event) => {
    const { timerId } = event.timerStartedEventAttributes ?? {};
    if (timerId == null) return [];
    const summary = decodePayload(event.userMetadata?.summary);
    const pause = typeof summary === 'string' ? parseRetrySummary(summary) : undefined;
    if (pause === undefined) return [];
    const endedAtMs = ends.get(timerId);
    return [
      {
        ...pause,
        startedAtMs: eventTimeMs(event) ?? 0,
        ...(endedAtMs === undefined ? {} : { endedAtMs }),
      },
    ];
  });
}

/** Gaps without a worker: from the first waiting workflow task until a worker took the task that it completed. */
function workerGapsOf(events: readonly HistoryEvent[], nowMs: number | undefined): readonly Interval[] {
  const gaps: Interval[] = [];
  let fromMs: number | undefined;
  let takenAtMs: number | undefined;
  const close = (toMs: number | undefined): void => {
    if (fromMs !== undefined && toMs !== undefined && toMs - fromMs > workerGapMs) gaps.push({ fromMs, toMs });
  };
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes != null) fromMs ??= eventTimeMs(event);
    if (event.workflowTaskStartedEventAttributes != null) takenAtMs = eventTimeMs(event);
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
  readonly input?: temporal.api.common.v1.IPayloads | null;
}

/** Reads a signal of ours; returns nothing for a foreign signal. */
function signal(event: HistoryEvent, attributes: SignalAttributes | null | undefined): readonly SignalFact[] {
  const name = attributes?.signalName;
  if (name == null || !isSignalName(name)) return [];
  return [{ name, atMs: eventTimeMs(event) ?? 0, payload: decodeFirst(attributes?.input) }];
}

/** Reads an update of ours. */
function update(event: HistoryEvent): readonly UpdateFact[] {
  const { name, args } = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input ?? {};
  if (name == null || !isUpdateName(name)) return [];
  return [{ name, atMs: eventTimeMs(event) ?? 0, payload: decodeFirst(args) }];
}
