import { holderText, isSameTemporal, type WorldHolder, type WorldLock } from './world-lock.js';

/** What is known when a run wants the lock of a cluster in the world. */
export interface WorldLockQuestion {
  readonly cluster: string;
  /** The run that asks. */
  readonly self: WorldHolder;
  readonly found: WorldLock | undefined;
  /** Whether the run that the lock names is open. Asked only where that is another run of the same Temporal. */
  readonly isOpen: boolean;
  /** Id of the lock that a person said to take over. */
  readonly takeOver?: string;
  /** Whether the run had the lock before, and only makes sure that it still has. */
  readonly again?: boolean;
}

export type WorldLockDecision =
  | { readonly do: 'make' }
  | { readonly do: 'keep' | 'replace'; readonly id: string }
  | { readonly do: 'refuse'; readonly type: 'ClusterBusy' | 'HeldElsewhere'; readonly sentence: string };

/**
 * Who may have the lock of a cluster in the world. A closed run of the same Temporal holds nothing, since the workflow
 * id keeps every other run of it out. The runs of another Temporal cannot be seen. Its lock goes only by its end, or by
 * the word of a person that names exactly this lock.
 */
export function decideWorldLock(question: WorldLockQuestion): WorldLockDecision {
  const { cluster, self, found, isOpen, takeOver, again = false } = question;
  if (found === undefined) return { do: 'make' };
  const { id, holder } = found;
  if (holder !== undefined && isSameTemporal(holder, self)) {
    if (holder.runId === self.runId) return { do: 'keep', id };
    if (!isOpen) return { do: 'replace', id };
    const sentence = `cluster ${cluster}: ${holderText(cluster, found)} holds the lock, and is open`;
    return { do: 'refuse', type: 'ClusterBusy', sentence };
  }
  if (takeOver === id) return { do: 'replace', id };
  const sentence = again
    ? `cluster ${cluster}: this run lost the lock to another Temporal, and stops: ${holderText(cluster, found)}`
    : heldElsewhere(cluster, found, takeOver);
  return { do: 'refuse', type: 'HeldElsewhere', sentence };
}

/** Says that another Temporal holds a cluster, and what to type where that one is gone for good. */
export function heldElsewhere(cluster: string, found: WorldLock, takeOver: string | undefined): string {
  return (
    `cluster ${cluster}: another Temporal holds the lock: ${holderText(cluster, found)}; expected the end of that run, or ` +
    `{"takeOver": "${found.id}"} if that Temporal is gone for good, found ${JSON.stringify(takeOver ?? null)}`
  );
}
