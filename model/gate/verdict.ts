/**
 * The verdict on one object. `ready`; `waiting`: its controller is at work; `stuck`: it does not move, and `reason` is
 * the root cause, which may go away. `failed`: it cannot heal without a change.
 */
export interface Verdict {
  readonly verdict: 'ready' | 'waiting' | 'stuck' | 'failed';
  /** Why, in one clause; empty when ready. */
  readonly reason: string;
  /** How far a workload is: `0/2` replicas. */
  readonly progress?: string;
}

export const ready: Verdict = { verdict: 'ready', reason: '' };

export function waiting(reason: string, progress?: string): Verdict {
  return progress === undefined ? { verdict: 'waiting', reason } : { verdict: 'waiting', reason, progress };
}

export function stuck(reason: string, progress?: string): Verdict {
  return progress === undefined ? { verdict: 'stuck', reason } : { verdict: 'stuck', reason, progress };
}

export function failed(reason: string): Verdict {
  return { verdict: 'failed', reason };
}
