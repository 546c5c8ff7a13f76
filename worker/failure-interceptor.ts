import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { CompleteAsyncError, type Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor, ActivityInterceptors } from '@temporalio/worker';
import { preview } from '../model/show/preview.js';
import { RolloutError } from '../model/rollout-error.js';

/**
 * Longest message and longest output in a failure. All problems of a spec fit into a message; output is kept elsewhere.
 * The server records both whole, and cuts at 4 KB only the failures that it retries itself.
 */
const longestMessage = 12_000;
const longestOutput = 2_000;

/**
 * Turns errors of activities into Temporal's failures, in this one place.
 *
 * A `RolloutError` becomes a non-retryable failure of its type: workflows count and retry failures themselves
 * (`runStep`). The exception is `ClusterBusy`, which the server retries. Anything else is a defect: `Unexpected`.
 */
export function failureInterceptor(context: Context): ActivityInterceptors {
  const inbound: ActivityInboundCallsInterceptor = {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        // an error of a cancelled system, for instance at a shutdown of the worker, is no failure of the step
        if (context.cancellationSignal.aborted) throw new CancelledFailure('the activity was cancelled');
        throw toFailure(error);
      }
    },
  };
  return { inbound };
}

/** Turns an error into the failure to report. */
export function toFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof CompleteAsyncError) return error;
  if (error instanceof RolloutError) return fromRolloutError(error);
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure(error.message);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return ApplicationFailure.create({
    type: 'Unexpected',
    message: preview(message, { longest: longestMessage }),
    nonRetryable: true,
  });
}

function fromRolloutError({ type, message, details, log, retryAfterMs }: RolloutError): ApplicationFailure {
  const busy = type === 'ClusterBusy';
  return ApplicationFailure.create({
    type,
    message: preview(message, { longest: longestMessage, whole: log }),
    nonRetryable: !busy,
    details: [
      {
        ...(details === undefined ? {} : { output: preview(details, { longest: longestOutput, whole: log }) }),
        ...(log === undefined ? {} : { log }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
    ],
    ...(busy ? { category: ApplicationFailureCategory.BENIGN } : {}),
  });
}
