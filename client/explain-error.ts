import { isGrpcServiceError, ServiceError, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import {
  ApplicationFailure,
  CancelledFailure,
  rootCause,
  TerminatedFailure,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { oneLine } from '../model/show/one-line.js';
import { failureKind, isFailureType } from '../model/failures.js';
import { RolloutError } from '../model/rollout-error.js';
import { exitCodes } from './exit-codes.js';

/** The text of the CLI about an error, and the exit code. */
export interface Explanation {
  /** Row of the failure table. */
  readonly type: string;
  /** One line. */
  readonly message: string;
  readonly advice?: string;
  /** Output that explains the failure. It may have many lines. */
  readonly details?: string;
  readonly exitCode: number;
}

/** Turns any error into one line, an advice and an exit code, by the failure table. */
export function explainError(error: unknown): Explanation {
  const cause = deepest(error);
  if (cause instanceof RolloutError) {
    return explain(cause.type, cause.message, cause.details === undefined ? {} : { details: cause.details });
  }
  if (cause instanceof ApplicationFailure) {
    const explanation = explainFailure(cause);
    // a workflow refuses with a sentence that names its expectation
    return error instanceof WorkflowUpdateFailedError ? withoutAdvice(explanation) : explanation;
  }
  if (cause instanceof TerminatedFailure) {
    return terminated('the run was terminated');
  }
  if (cause instanceof CancelledFailure)
    return { type: 'Cancelled', message: 'the run was cancelled', exitCode: exitCodes.stopped };
  if (cause instanceof WorkflowNotFoundError) return explain('NothingRuns', `workflow ${cause.workflowId}: not found`);
  // the SDK wraps errors of its own calls, but not errors while it reads a history page by page
  if (error instanceof ServiceError || isGrpcServiceError(cause))
    return explain('TemporalUnreachable', `Temporal: ${oneLine(rootCause(error) ?? String(error))}`);
  return explain(
    'Unexpected',
    cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
    stackOf(cause),
  );
}

function withoutAdvice({ advice: _, ...rest }: Explanation): Explanation {
  return rest;
}

function terminated(message: string): Explanation {
  const advice = 'run `npx groundswell up` again: finished work stays finished';
  return { type: 'Terminated', message, advice, exitCode: exitCodes.failed };
}

/** Workflows also end with `Stopped`, `Aborted` and `Terminated`, which are acts of people, not failures. */
function explainFailure({ type, message }: ApplicationFailure): Explanation {
  if (type === 'Stopped') return { type, message: oneLine(message), exitCode: exitCodes.stopped };
  if (type === 'Terminated') return terminated(oneLine(message));
  if (type === 'Aborted') {
    const advice = 'mend the cause, then run `npx groundswell up` again: finished work stays finished';
    return { type, message: oneLine(message), advice, exitCode: exitCodes.failed };
  }
  return explain(type ?? 'Unexpected', message);
}

function deepest(error: unknown): unknown {
  let here = error;
  while (isWrapper(here) && here.cause !== undefined) here = here.cause;
  return here;
}

function isWrapper(error: unknown): error is Error {
  if (!(error instanceof Error) || error instanceof RolloutError || error instanceof ServiceError) return false;
  return (
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowUpdateFailedError ||
    !(error instanceof ApplicationFailure)
  );
}

function explain(type: string, message: string, more: Pick<Explanation, 'details'> = {}): Explanation {
  const kind = failureKind(type);
  return {
    type: isFailureType(type) ? type : 'Unexpected',
    message: oneLine(message),
    advice: kind.advice,
    exitCode: kind.exitCode,
    ...more,
  };
}

function stackOf(error: unknown): Pick<Explanation, 'details'> {
  return error instanceof Error && error.stack !== undefined ? { details: error.stack } : {};
}
