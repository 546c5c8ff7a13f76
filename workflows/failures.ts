import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { failureKind } from '../model/failures.js';
import { textAt } from '../model/json-value.js';

/** A failure as workflows look at it: a row of the failure table with its message. */
export interface Failure {
  readonly type: string;
  readonly message: string;
  readonly advice: string;
  /** The outside asked for this pause before the next attempt. */
  readonly retryAfterMs?: number;
  /** Reference of the whole log in the artifact store. */
  readonly log?: string;
}

/** What went wrong, whatever Temporal wrapped around it. */
export function failureOf(error: unknown): Failure {
  const cause = innermost(error);
  if (cause instanceof ApplicationFailure) {
    const type = cause.type ?? 'Unexpected';
    return { type, message: cause.message, advice: failureKind(type).advice, ...detailsOf(cause.details) };
  }
  const type = cause instanceof TimeoutFailure ? 'TimedOut' : 'Unexpected';
  const message = cause instanceof TimeoutFailure ? timeOutText(error, cause) : messageOf(cause);
  return { type, message, advice: failureKind(type).advice };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Which activity, and what it told last. */
function timeOutText(error: unknown, { message, timeoutType, lastHeartbeatDetails }: TimeoutFailure): string {
  if (!(error instanceof ActivityFailure) || timeoutType !== 'START_TO_CLOSE') return message;
  const line = textAt(lastHeartbeatDetails, 'line');
  const last = line === undefined ? '' : `; it told last: ${line}`;
  return `${error.activityType}: expected it to end within its time, found it still at work${last}`;
}

/**
 * Runs the body of a front door. What ends it is its own failure, of a type of the failure table, and not
 * `Activity task failed` with the reason somewhere inside.
 */
export async function failingWithCause<Result>(body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    const cause = innermost(error);
    throw cause instanceof ApplicationFailure ? cause : namingTerminated(error);
  }
}

/** A child that somebody terminated is named, with how to go on; any other error stays what it is. */
export function namingTerminated(error: unknown): unknown {
  if (!(error instanceof ChildWorkflowFailure) || !(error.cause instanceof TerminatedFailure)) return error;
  return endWith(
    'Terminated',
    `${error.execution.workflowId}: somebody terminated this workflow, and the run ends with it`,
  );
}

function innermost(error: unknown): unknown {
  let current = error;
  while (
    (current instanceof ActivityFailure || current instanceof ChildWorkflowFailure) &&
    current.cause !== undefined
  ) {
    current = current.cause;
  }
  return current;
}

function detailsOf(details: readonly unknown[] | null | undefined): Pick<Failure, 'retryAfterMs' | 'log'> {
  const first = details?.[0];
  if (typeof first !== 'object' || first === null) return {};
  const { retryAfterMs, log }: Partial<Record<'retryAfterMs' | 'log', unknown>> = first;
  return {
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
    ...(typeof log === 'string' ? { log } : {}),
  };
}

/** Ends a workflow on purpose, with a row of the failure table or `Aborted`. */
export function endWith(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}

/** Ends by what ended several things that ran side by side: by an abort before anything else. */
export function throwWorst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const rejected = outcomes.filter((outcome) => outcome.status === 'rejected');
  const worst =
    rejected.find(({ reason }) => reason instanceof Aborted) ??
    rejected.find(({ reason }) => !(reason instanceof Stopped)) ??
    rejected[0];
  if (worst !== undefined) throw worst.reason;
}

/** No new step begins because somebody asked to stop. */
export class Stopped extends Error {}
/** A person answered `abort`. */
export class Aborted extends Error {}
/** A person answered `skip`. */
export class Skipped extends Error {}
/** A person answered `replace`, and named what is lost. */
export class Replaced extends Error {
  /** Names as they were typed; none where nothing had to be. */
  readonly confirmed: readonly string[];
  constructor(message: string, confirm = '') {
    super(message);
    this.confirmed = confirm
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }
}
/** A person approved another plan, by which the steps begin from the first. */
export class Amended extends Error {}
