import { allHandlersFinished, CancellationScope, condition, log, proxyActivities } from '@temporalio/workflow';
import type { WorldLockActivities } from '../../activities/lock/world-lock.js';
import type { ApplyPlanInput } from '../contract/inputs.js';
import { failingWithCause, failureOf } from '../failures.js';
import { activityOptions } from '../step/activity-options.js';
import { showDetails } from '../step/progress.js';
import { retryFailures } from '../step/retry-failures.js';

/** The lock of the cluster in the world, as the run has it whose workflow id keeps out all others of this Temporal. */
export interface LockInWorld {
  /** Takes it before anything is made. Ends the run where another Temporal has it. */
  take(): Promise<void>;
  /**
   * Makes sure that the run still has the lock, before it acts on the answer of a person, which may come weeks later.
   * Takes the lock again if nobody has it. Where another Temporal has it, asks the run to stop, and fails. `undefined`
   * where it was never taken: by a run that only verifies, and by one of an earlier build.
   */
  confirm(): Promise<void> | undefined;
  /** Leaves it, whatever became of the run. Where that fails, the next run of this Temporal takes it from the closed one. */
  leave(): Promise<void>;
}

export interface LockInWorldOptions {
  readonly input: Pick<ApplyPlanInput, 'plan' | 'by' | 'takeOver'>;
  readonly stopping: () => boolean;
  /** Hears, in one sentence, that another Temporal took it over. */
  readonly lost: (reason: string) => void;
}

/** The lock in the world of one run, not taken yet. */
export function createLockInWorld({ input, stopping, lost }: LockInWorldOptions): LockInWorld {
  const { cluster } = input.plan;
  const by = input.by ?? 'unknown';
  let wanted = false;
  let id: string | undefined;

  async function confirm(): Promise<void> {
    try {
      const options = { summary: `checks whether the lock in the world still names this run for ${cluster}` };
      ({ id } = await failingWithCause(() =>
        mutate.takeWorldLock.executeWithOptions(options, [{ cluster, by, again: true }]),
      ));
    } catch (error) {
      const { type, message } = failureOf(error);
      if (type === 'HeldElsewhere') lost(message);
      throw error;
    }
  }

  return {
    async take() {
      wanted = true;
      const options = { summary: `takes the lock in the world for ${cluster}` };
      const typed = input.takeOver === undefined ? {} : { takeOver: input.takeOver };
      const act = () => mutate.takeWorldLock.executeWithOptions(options, [{ cluster, by, ...typed }]);
      ({ id } = await failingWithCause(() => retryFailures(act, { stopping, waiting: tellWaiting })));
    },
    confirm: () => (wanted ? confirm() : undefined),
    async leave() {
      if (!wanted) return;
      // an answer that is just carried out may be taking it again
      await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
      const options = { summary: `releases the lock in the world for ${cluster}` };
      const act = () =>
        mutate.leaveWorldLock.executeWithOptions(options, [{ cluster, ...(id === undefined ? {} : { id }) }]);
      try {
        await retryFailures(act, { stopping: () => false, waiting: tellWaiting });
      } catch (error) {
        log.warn('the lock in the world stays until the next run takes over', {
          cluster,
          reason: failureOf(error).message,
        });
      }
    },
  };
}

function tellWaiting({ message }: { readonly message: string }): void {
  showDetails(`**the lock in the world**, tries again: ${message}`);
}

const mutate = proxyActivities<WorldLockActivities>(activityOptions.mutate);
