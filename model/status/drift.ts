import type { Difference } from '../plan/differences.js';
import type { WorldLock } from '../facts/world-lock.js';

/** What one check found of a cluster: the result of `checkDrift`. */
export interface DriftReport {
  readonly cluster: string;
  /** Time of the check, ISO 8601. */
  readonly checkedAt: string;
  /** How many things differ, also those that are not listed. Zero means that everything that was looked at is as the spec says. */
  readonly count: number;
  /** The first of them; at most 200. */
  readonly differences: readonly Difference[];
  /** Why nothing could be seen of Kubernetes, in one clause: then it is unknown what else differs. */
  readonly hidden?: string;
  /** The roll-out that was at work: its plan was not done yet. */
  readonly applying?: { readonly since: string; readonly by: string };
  /** The holder of the cluster, if that is a run of another Temporal. */
  readonly heldBy?: WorldLock;
  /** Digest of the plan that would end the differences. */
  readonly planDigest: string;
}

/** What a check is known by in lists and metrics; `unknown` is one that has not ended, or failed. */
export type DriftVerdict = 'none' | 'found' | 'applying' | 'unknown';

/** A cluster that is being rolled out differs from its spec, and that is nobody's drift. */
export function driftVerdict({ count, applying }: Pick<DriftReport, 'count' | 'applying'>): DriftVerdict {
  if (count === 0) return 'none';
  return applying === undefined ? 'found' : 'applying';
}

/** `0 differences`, `1 difference`. */
export function differencesText(count: number): string {
  return `${count} ${count === 1 ? 'difference' : 'differences'}`;
}
