import { CancellationScope } from '@temporalio/workflow';
import { createFailureBudget, pauseBeforeRetry } from './failure-budget.js';
import { failureOf, type Failure } from '../workflow-failure.js';

/**
 * Does what a workflow does before it has steps, and tries again as often as the failure table allows. There is nothing
 * to park yet: a failure that a person must mend, or one too many, is thrown as it is. A wish to stop ends the pauses.
 */
export async function retryFailures<Result>(
  act: () => Promise<Result>,
  { stopping, waiting }: { readonly stopping: () => boolean; readonly waiting: (failure: Failure) => void },
): Promise<Result> {
  const budget = createFailureBudget();
  for (;;) {
    try {
      return await CancellationScope.nonCancellable(act);
    } catch (error) {
      const counted = budget.count(failureOf(error));
      if (counted.spent || stopping()) throw error;
      waiting(counted.failure);
      await pauseBeforeRetry(counted, stopping);
    }
  }
}
