import proto, { type temporal } from '@temporalio/proto';
import {
  decodeFirst,
  eventTimeMs,
  lastFailureText,
  readFailure,
  toMs,
  type HistoryEvent,
  type ReadFailure,
} from './events.js';

export type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

const { PendingActivityState } = proto.temporal.api.enums.v1;

/** One activity of a run, from scheduling to its end: one try of a step, with all its attempts by the server. */
export interface ReadActivity {
  readonly activityId: string;
  /** Name of its type. */
  readonly name: string;
  readonly input: unknown;
  readonly queue: string;
  readonly scheduledAtMs: number | undefined;
  /**
   * The attempt that ended the activity. The server records the start of an attempt only after its end; before that
   * only `pending` has it.
   */
  readonly started?: ReadAttempt;
  readonly end?: ActivityEnd;
  /** The server's knowledge of the activity while it is pending. */
  readonly pending?: PendingAttempt;
}

export interface ReadAttempt {
  readonly attempt: number;
  readonly atMs: number | undefined;
  /** Worker that took it: `<pid>@<machine>` by default. */
  readonly worker?: string;
  /** The failure of the previous attempt, in words. */
  readonly lastFailure?: string;
}

/** An attempt that runs, or waits for a worker. */
export interface PendingAttempt extends ReadAttempt {
  readonly running: boolean;
  /** The last progress of the attempt. */
  readonly progress: unknown;
}

export type ActivityEnd = { readonly atMs: number } & (
  | { readonly outcome: 'completed'; readonly result: unknown }
  | { readonly outcome: 'failed' | 'timed out'; readonly failure: ReadFailure }
  | { readonly outcome: 'cancelled' }
);

/** Every activity of a history, in the order of their scheduling. */
export function activitiesIn(
  events: readonly HistoryEvent[],
  pending: readonly PendingActivity[],
): readonly ReadActivity[] {
  const starts = new Map<string, ReadAttempt>();
  const ends = new Map<string, ActivityEnd>();
  for (const event of events) {
    const begun = event.activityTaskStartedEventAttributes;
    if (begun != null) starts.set(String(begun.scheduledEventId), startOf(event));
    const end = endOf(event);
    if (end !== undefined) ends.set(end.scheduled, end.end);
  }
  return events.flatMap((event) => {
    const { activityTaskScheduledEventAttributes: scheduled } = event;
    if (scheduled == null) return [];
    const [started, end] = [starts.get(String(event.eventId)), ends.get(String(event.eventId))];
    const open = pending.find(({ activityId }) => activityId === scheduled.activityId);
    return [
      {
        activityId: scheduled.activityId ?? '',
        name: scheduled.activityType?.name ?? '',
        input: decodeFirst(scheduled.input),
        queue: scheduled.taskQueue?.name ?? '',
        scheduledAtMs: eventTimeMs(event),
        ...(started === undefined ? {} : { started }),
        ...(end === undefined ? {} : { end }),
        ...(open === undefined ? {} : { pending: readPending(open) }),
      },
    ];
  });
}

/** A pending activity as the server describes it. */
export function readPending(activity: PendingActivity): PendingAttempt {
  const { attempt, state, heartbeatDetails, lastFailure, lastStartedTime, lastWorkerIdentity } = activity;
  return {
    ...attemptOf({ attempt, identity: lastWorkerIdentity, lastFailure: lastFailureText(lastFailure) }),
    atMs: toMs(lastStartedTime),
    running: state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    progress: decodeFirst(heartbeatDetails),
  };
}

function startOf(event: HistoryEvent): ReadAttempt {
  const { attempt, identity, lastFailure } = event.activityTaskStartedEventAttributes ?? {};
  return { ...attemptOf({ attempt, identity, lastFailure: lastFailureText(lastFailure) }), atMs: eventTimeMs(event) };
}

interface RawAttempt {
  readonly attempt: number | null | undefined;
  readonly identity: string | null | undefined;
  readonly lastFailure: string | null | undefined;
}

function attemptOf({ attempt, identity, lastFailure }: RawAttempt): Omit<ReadAttempt, 'atMs'> {
  return {
    attempt: attempt ?? 1,
    ...(identity == null || identity === '' ? {} : { worker: identity }),
    ...(lastFailure == null ? {} : { lastFailure }),
  };
}

function endOf(event: HistoryEvent): { readonly scheduled: string; readonly end: ActivityEnd } | undefined {
  const atMs = eventTimeMs(event) ?? 0;
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed != null) {
    const result = decodeFirst(completed.result);
    return { scheduled: String(completed.scheduledEventId), end: { atMs, outcome: 'completed', result } };
  }
  const failed = event.activityTaskFailedEventAttributes;
  if (failed != null) {
    const failure = readFailure(failed.failure);
    return { scheduled: String(failed.scheduledEventId), end: { atMs, outcome: 'failed', failure } };
  }
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut != null) {
    const failure = { ...readFailure(timedOut.failure), type: 'TimedOut' };
    return { scheduled: String(timedOut.scheduledEventId), end: { atMs, outcome: 'timed out', failure } };
  }
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled == null) return undefined;
  return { scheduled: String(cancelled.scheduledEventId), end: { atMs, outcome: 'cancelled' } };
}
