import type { RollOutClusterResult } from '../workflows/contract/inputs.js';
import type { RunState } from '../model/status/status-snapshot.js';

/** Every exit code of the CLI. That of a failure is in its row of `model/failures.ts`. The codes are stable, because scripts depend on them. */
export const exitCodes = {
  done: 0,
  /** Failed, aborted, terminated. */
  failed: 1,
  /** Wrong arguments or an invalid spec. */
  usage: 2,
  /**
   * For `plan`, or `up` with nothing to do: something would change, or differs and stays as it is. For a roll-out: all
   * is done except steps that people skipped; the next roll-out does them.
   */
  changesPending: 3,
  /** Stopped, or the plan was not approved. */
  stopped: 4,
  /** Temporal or every worker is out of reach. */
  unreachable: 5,
  /** A person is needed. */
  parked: 6,
  /** The cluster cannot be seen, and groundswell plans nothing from unknown facts. */
  unseen: 7,
  /** Ctrl-C: this command ended, but the roll-out continues. */
  detached: 130,
} as const;

/** Exit code of an ended roll-out: by its outcome, or by the remaining differences when there was nothing to do. */
export function exitCodeOfResult({ outcome, remarks }: Pick<RollOutClusterResult, 'outcome' | 'remarks'>): number {
  switch (outcome) {
    case 'done':
      return exitCodes.done;
    case 'nothing to do':
      return remarks === undefined ? exitCodes.done : exitCodes.changesPending;
    case 'degraded':
      return exitCodes.changesPending;
    case 'stopped':
    case 'expired':
      return exitCodes.stopped;
  }
}

/** Exit code of a run of `applyPlan`; an open one counts as done, because nothing is wrong with it. */
export function exitCodeOfRun(state: RunState): number {
  switch (state) {
    case 'open':
    case 'done':
      return exitCodes.done;
    case 'degraded':
      return exitCodes.changesPending;
    case 'stopped':
    case 'cancelled':
      return exitCodes.stopped;
    case 'aborted':
    case 'failed':
    case 'terminated':
    case 'timed out':
      return exitCodes.failed;
  }
}
