import { retrySummary } from '../../model/names/retry-summary.js';
import type { StepId } from '../../model/steps.js';
import { CancellationScope, condition } from '@temporalio/workflow';
import { isBudgetSpent } from '../../model/failures.js';
import { pauseBeforeRetryMs } from './activity-options.js';
import type { Failure } from '../workflow-failure.js';

/** A failure, and how many of its kind there were so far, this one included. */
export interface CountedFailure {
  readonly failure: Failure;
  readonly count: number;
  /** Whether the failure table allows no further attempt. */
  readonly spent: boolean;
}

/** Counts the failures of one piece of work by kind. Dead workers and lost heartbeats never get here: the server retries them. */
export interface FailureBudget {
  count(failure: Failure): CountedFailure;
  /** A person said that it be tried again: all counts begin anew. */
  renew(): void;
}

export function createFailureBudget(): FailureBudget {
  const counts = new Map<string, number>();
  return {
    count(failure) {
      const count = (counts.get(failure.type) ?? 0) + 1;
      counts.set(failure.type, count);
      return { failure, count, spent: isBudgetSpent(counts) };
    },
    renew() {
      counts.clear();
    },
  };
}

/** Waits until the next attempt is due, or somebody asks to stop: twice as long each time, unless the failure says how long. */
export async function pauseBeforeRetry({ failure, count }: CountedFailure, stopping: () => boolean, step?: StepId) {
  const pauseMs = failure.retryAfterMs ?? pauseBeforeRetryMs(count);
  const summary = retrySummary({ ...(step === undefined ? {} : { step }), failureType: failure.type });
  await CancellationScope.nonCancellable(() => condition(stopping, pauseMs, { summary }));
}
