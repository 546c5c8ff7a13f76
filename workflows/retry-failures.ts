import { CancellationScope, condition } from '@temporalio/workflow';
import { isBudgetSpent } from '../model/failures.js';
import { pauseBeforeRetryMs } from './activity-options.js';
import { failureOf, type Failure } from './failures.js';

/**
 * Does what a workflow does before it has steps, and tries again as often as the failure table allows. There is nothing
 * to park yet: a failure that a person must mend, or one too many, is thrown as it is. A wish to stop ends the pauses.
 */
export async function retryFailures<Result>(
  act: () => Promise<Result>,
  { stopping, waiting }: { readonly stopping: () => boolean; readonly waiting: (failure: Failure) => void },
): Promise<Result> {
  const failures = new Map<string, number>();
  for (;;) {
    try {
      return await CancellationScope.nonCancellable(act);
    } catch (error) {
      const failure = failureOf(error);
      const count = (failures.get(failure.type) ?? 0) + 1;
      failures.set(failure.type, count);
      if (isBudgetSpent(failures) || stopping()) throw error;
      waiting(failure);
      const pauseMs = failure.retryAfterMs ?? pauseBeforeRetryMs(count);
      const options = { summary: `tries again after ${failure.type}` };
      await CancellationScope.nonCancellable(() => condition(stopping, pauseMs, options));
    }
  }
}
