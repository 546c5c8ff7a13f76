import proto, { type temporal } from '@temporalio/proto';
import { activityStep } from '../../model/names/activity-step.js';
import { nodeRowOf } from '../../model/names/parse-step.js';
import type { AnsibleRun } from '../../model/artifacts/ansible-run.js';
import { isRecord } from '../../model/is-record.js';
import { runLogName } from '../../model/artifacts/run-log-name.js';
import { payloadValue, timeMs } from './event-values.js';
import { lostInWords } from '../runs/ask-temporal.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** What the server knows of one run of a workflow. */
export interface WorkflowRecord {
  readonly runId: string;
  /** Whether it runs still. */
  readonly open: boolean;
  readonly events: readonly HistoryEvent[];
  readonly pending: readonly PendingActivity[];
}

/** More attempts than these of one try of a step are not listed one by one. */
const mostAttempts = 20;
const { PendingActivityState } = proto.temporal.api.enums.v1;

/** One try of a step: what is known of its activity from scheduling to its end. */
interface Try {
  readonly step: string;
  readonly activityId: string;
  readonly scheduledAtMs: number | undefined;
  started?: HistoryEvent;
  ended?: HistoryEvent;
}

/** Every run of Ansible in the history of a node's roll-out, oldest first: one for each attempt, those of dead workers too. */
export function runsInHistory(record: WorkflowRecord): readonly AnsibleRun[] {
  return [...tries(record.events).values()].flatMap((one) => attemptsOf(record, one));
}

function tries(events: readonly HistoryEvent[]): ReadonlyMap<string, Try> {
  const found = new Map<string, Try>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const { step } = activityStep(scheduled?.activityType?.name ?? '', payloadValue(scheduled?.input?.payloads?.[0]));
    if (step !== undefined && nodeRowOf(step)?.playbook !== undefined) {
      const activityId = scheduled?.activityId;
      found.set(String(event.eventId), { step, activityId: activityId ?? '', scheduledAtMs: timeMs(event.eventTime) });
    }
    const started = found.get(String(event.activityTaskStartedEventAttributes?.scheduledEventId));
    if (started !== undefined) started.started = event;
    const ended = found.get(String(endOf(event)?.scheduledEventId));
    if (ended !== undefined) ended.ended = event;
  }
  return found;
}

function endOf(event: HistoryEvent) {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes
  );
}

function attemptsOf({ runId, pending, open: isRunning }: WorkflowRecord, one: Try): readonly AnsibleRun[] {
  const { step, activityId, started, ended, scheduledAtMs } = one;
  const open = pending.find((activity) => activity.activityId === activityId);
  const last = started?.activityTaskStartedEventAttributes?.attempt ?? open?.attempt ?? 1;
  const run = (attempt: number) => ({
    step,
    attempt,
    workflowRunId: runId,
    logName: runLogName({ runId, activityId, attempt }),
  });
  const earlier: AnsibleRun[] = [];
  for (let attempt = Math.max(1, last - mostAttempts); attempt < last; attempt += 1) {
    const note = attempt === last - 1 ? lastFailureOf(started, open) : undefined;
    earlier.push({
      ...run(attempt),
      state: 'cut off',
      ...(attempt === 1 ? startedAt(scheduledAtMs) : {}),
      ...(note === undefined ? {} : { note }),
    });
  }
  // an activity that was scheduled after the server was asked what is pending waits, as far as is known
  if (ended === undefined && isRunning) return [...earlier, { ...run(last), ...pendingRun(open ?? {}) }];
  return [...earlier, { ...run(last), ...endedRun(one) }];
}

type Outcome = Omit<AnsibleRun, 'step' | 'attempt' | 'workflowRunId' | 'logName'>;

function pendingRun(open: PendingActivity): Outcome {
  const beat = payloadValue(open.heartbeatDetails?.payloads?.[0]);
  const line = isRecord(beat) && typeof beat['line'] === 'string' ? beat['line'] : undefined;
  return {
    state: open.state === PendingActivityState.PENDING_ACTIVITY_STATE_STARTED ? 'running' : 'waiting',
    ...startedAt(timeMs(open.lastStartedTime)),
    ...worker(open.lastWorkerIdentity),
    ...(line === undefined ? {} : { note: line }),
  };
}

function endedRun({ started, ended, scheduledAtMs }: Try): Outcome {
  const outcome = {
    ...startedAt(timeMs(started?.eventTime) ?? scheduledAtMs),
    ...endedAt(timeMs(ended?.eventTime)),
    ...worker(started?.activityTaskStartedEventAttributes?.identity),
  };
  const completed = ended?.activityTaskCompletedEventAttributes;
  if (completed != null)
    return { ...outcome, state: 'done', ...knownOf(payloadValue(completed.result?.payloads?.[0])) };
  const failure = ended?.activityTaskFailedEventAttributes?.failure;
  if (failure != null) {
    const { type, details } = failure.applicationFailureInfo ?? {};
    const known = knownOf(payloadValue(details?.payloads?.[0]));
    return { ...outcome, state: 'failed', note: `${type ?? 'Unexpected'}: ${failure.message ?? ''}`, ...known };
  }
  const timedOut = ended?.activityTaskTimedOutEventAttributes?.failure?.message;
  // without an end the workflow itself was terminated while the step ran
  return { ...outcome, state: 'cut off', note: timedOut ?? (ended == null ? 'the run was ended' : 'it was cancelled') };
}

/** What a result, or the details of a failure, say of the run. */
function knownOf(value: unknown): Pick<AnsibleRun, 'log' | 'changedTasks'> {
  if (!isRecord(value)) return {};
  const { log, changedTasks } = value;
  return {
    ...(typeof log === 'string' ? { log } : {}),
    ...(typeof changedTasks === 'number' ? { changedTasks } : {}),
  };
}

function lastFailureOf(started: HistoryEvent | undefined, open: PendingActivity | undefined): string | undefined {
  return lostInWords(started?.activityTaskStartedEventAttributes?.lastFailure ?? open?.lastFailure);
}

function worker(identity: string | null | undefined): Pick<AnsibleRun, 'worker'> {
  return identity == null || identity === '' ? {} : { worker: identity };
}

function startedAt(ms: number | undefined): Pick<AnsibleRun, 'startedAtMs'> {
  return ms === undefined ? {} : { startedAtMs: ms };
}

function endedAt(ms: number | undefined): Pick<AnsibleRun, 'endedAtMs'> {
  return ms === undefined ? {} : { endedAtMs: ms };
}
