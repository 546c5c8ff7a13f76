import { activityStep } from '../../model/names/activity-step.js';
import { nodeRowOf } from '../../model/names/parse-step.js';
import type { AnsibleRun } from '../../model/artifacts/ansible-run.js';
import { isRecord } from '../../model/json/is-record.js';
import { textAt } from '../../model/json/json-value.js';
import { runLogName } from '../../model/artifacts/run-log-name.js';
import { activitiesIn, type PendingActivity, type PendingAttempt, type ReadActivity } from './activities.js';
import type { HistoryEvent } from './events.js';

/** The server's record of one run of a workflow. */
export interface WorkflowRecord {
  readonly runId: string;
  /** Whether the run is still open. */
  readonly open: boolean;
  readonly events: readonly HistoryEvent[];
  readonly pending: readonly PendingActivity[];
}

/** The longest list of single attempts for one try of a step. */
const mostAttempts = 20;

/** Every Ansible run in the history of a node's roll-out, oldest first: one for each attempt, also of dead workers. */
export function runsInHistory(record: WorkflowRecord): readonly AnsibleRun[] {
  return activitiesIn(record.events, record.pending).flatMap((activity) => {
    const { step } = activityStep(activity.name, activity.input);
    return step !== undefined && nodeRowOf(step)?.playbook !== undefined ? attemptsOf(record, step, activity) : [];
  });
}

function attemptsOf({ runId, open }: WorkflowRecord, step: string, activity: ReadActivity): readonly AnsibleRun[] {
  const { activityId, started, pending, end, scheduledAtMs } = activity;
  const last = started?.attempt ?? pending?.attempt ?? 1;
  const run = (attempt: number) => ({
    step,
    attempt,
    workflowRunId: runId,
    logName: runLogName({ runId, activityId, attempt }),
  });
  const earlier: AnsibleRun[] = [];
  for (let attempt = Math.max(1, last - mostAttempts); attempt < last; attempt += 1) {
    const note = attempt === last - 1 ? (started?.lastFailure ?? pending?.lastFailure) : undefined;
    earlier.push({
      ...run(attempt),
      state: 'cut off',
      ...(attempt === 1 ? startedAt(scheduledAtMs) : {}),
      ...(note === undefined ? {} : { note }),
    });
  }
  // an activity scheduled after the server listed the pending ones counts as waiting
  return [...earlier, { ...run(last), ...(end === undefined && open ? pendingRun(pending) : endedRun(activity)) }];
}

type Outcome = Omit<AnsibleRun, 'step' | 'attempt' | 'workflowRunId' | 'logName'>;

function pendingRun(open: PendingAttempt | undefined): Outcome {
  const line = textAt(open?.progress, 'line');
  return {
    state: open?.running === true ? 'running' : 'waiting',
    ...startedAt(open?.atMs),
    ...workerOf(open),
    ...(line === undefined ? {} : { note: line }),
  };
}

function endedRun({ started, end, scheduledAtMs }: ReadActivity): Outcome {
  const outcome = {
    ...startedAt(started?.atMs ?? scheduledAtMs),
    ...(end === undefined ? {} : { endedAtMs: end.atMs }),
    ...workerOf(started),
  };
  switch (end?.outcome) {
    case 'completed':
      return { ...outcome, state: 'done', ...knownOf(end.result) };
    case 'failed': {
      const { type, message, details } = end.failure;
      return { ...outcome, state: 'failed', note: `${type}: ${message}`, ...knownOf(details) };
    }
    case 'timed out':
      return { ...outcome, state: 'cut off', note: end.failure.message };
    case 'cancelled':
      return { ...outcome, state: 'cut off', note: 'the step was cancelled' };
    case undefined:
      // somebody terminated the workflow itself while the step ran
      return { ...outcome, state: 'cut off', note: 'the run was terminated' };
  }
}

/** Reads the facts about the run from a result, or from the details of a failure. */
function knownOf(value: unknown): Pick<AnsibleRun, 'log' | 'changedTasks'> {
  if (!isRecord(value)) return {};
  const { log, changedTasks } = value;
  return {
    ...(typeof log === 'string' ? { log } : {}),
    ...(typeof changedTasks === 'number' ? { changedTasks } : {}),
  };
}

function workerOf(attempt: { readonly worker?: string } | undefined): Pick<AnsibleRun, 'worker'> {
  return attempt?.worker === undefined ? {} : { worker: attempt.worker };
}

function startedAt(ms: number | undefined): Pick<AnsibleRun, 'startedAtMs'> {
  return ms === undefined ? {} : { startedAtMs: ms };
}
