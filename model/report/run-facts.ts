import type { RunState } from '../status/status-snapshot.js';
import type { ActivityPart } from '../names/activity-step.js';
import type { SignalName, UpdateName } from '../messages.js';
import type { RetryPause } from '../names/retry-summary.js';
import type { StepId } from '../steps.js';

/** An activity as a history has it: what the server tried again by itself is one. Times are milliseconds since 1970. */
export interface ActivityFact {
  /** Of `activityStep`. */
  readonly part: ActivityPart;
  readonly step?: StepId;
  readonly queue: string;
  readonly scheduledAtMs: number;
  /** Of the last attempt; absent while none has begun. */
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** More than 1 when a worker died, let it go, or it was `ClusterBusy`. */
  readonly attempts: number;
  readonly outcome: 'completed' | 'failed' | 'timed out' | 'cancelled' | 'open';
  readonly failure?: { readonly type: string; readonly message: string };
}

/** A pause before another try of a step. */
export interface TimerFact extends RetryPause {
  readonly startedAtMs: number;
  /** Fired or cancelled. */
  readonly endedAtMs?: number;
}

/**
 * A signal that was received or sent, or an update that was accepted. The payload is as the history has it: another build
 * may have sent it.
 */
export interface MessageFact<Name extends SignalName | UpdateName> {
  readonly name: Name;
  readonly atMs: number;
  readonly payload: unknown;
}
export type SignalFact = MessageFact<SignalName>;
export type UpdateFact = MessageFact<UpdateName>;

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The facts about time in the history of one workflow run. */
export interface RunFacts {
  readonly workflowId: string;
  readonly runId: string;
  readonly state: RunState;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly input: unknown;
  /** Its result; absent while it is open, and after a failure. */
  readonly result?: unknown;
  readonly activities: readonly ActivityFact[];
  readonly timers: readonly TimerFact[];
  readonly received: readonly SignalFact[];
  readonly sent: readonly SignalFact[];
  readonly updates: readonly UpdateFact[];
  /** Times in which a workflow task waited for a worker or was lost with one. */
  readonly workerGaps: readonly Interval[];
}

/** The run that held the lock, and its children: everything that a report is computed from. */
export interface RollOutFacts {
  readonly lock: RunFacts;
  readonly children: readonly RunFacts[];
  /** The run that made the plan and waited for its approval; absent where the server has forgotten it. */
  readonly frontDoor?: RunFacts;
  /** When the histories were read: the end of what is still open. */
  readonly readAtMs: number;
}
