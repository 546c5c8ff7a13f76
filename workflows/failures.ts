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
  const last = line === undefined ? '' : `; its last progress: ${line}`;
  return `${error.activityType}: expected an end within its time, found it still at work${last}`;
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
  return workflowFailure(
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
export function workflowFailure(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
