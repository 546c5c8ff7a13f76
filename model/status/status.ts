import type { StepFailure } from './step-failure.js';
import type { ResolveAction } from './answers.js';
import type { FirstExpiry } from '../facts/facts.js';
import type { StepId } from '../steps.js';

/**
 * `retrying`: failed, and pauses before its next try. `stopped`: let go while it ran. `skipped`: a person said so, or it needs
 * something that was skipped.
 */
export type StepState = 'waiting' | 'running' | 'retrying' | 'done' | 'parked' | 'skipped' | 'stopped' | 'not begun';

/** A step that this run goes on without. The next one plans it again. */
export interface SkippedStep {
  readonly step: StepId;
  readonly reason: string;
  readonly by: string;
}

/** Whether a step goes on by itself: it runs, or pauses before its next try. */
export function goesOn({ state }: Pick<StepStatus, 'state'>): boolean {
  return state === 'running' || state === 'retrying';
}

/** Tries of a step that failed before the one that runs. */
export interface FailedTries {
  /** How many, of the kind that failed last. */
  readonly count: number;
  /** What the last one failed with. */
  readonly message: string;
}

/** `after 1 failed try: node k8s-redis: not Ready`, as a clause behind the state of a running step. */
export function failedTriesText({ count, message }: FailedTries): string {
  return `after ${count} failed ${count === 1 ? 'try' : 'tries'}: ${message}`;
}

export interface StepStatus {
  readonly step: StepId;
  readonly state: StepState;
  /** What it waits for, or what it saw, in one clause. */
  readonly note?: string;
  readonly changed?: boolean;
  /** While it runs again: what the tries before came to. */
  readonly failedTries?: FailedTries;
  readonly parkId?: string;
  /** Since when a parked step waits, as its own workflow tells it. */
  readonly since?: string;
  readonly failure?: StepFailure;
  /** What a person can answer, of a parked step that the lock knows. */
  readonly answers?: readonly ResolveAction[];
}

export interface NodeStatus {
  readonly node: string;
  readonly steps: readonly StepStatus[];
}

export interface WaveStatus {
  readonly wave: number;
  readonly steps: readonly StepStatus[];
}

export interface ApplyStatus {
  readonly cluster: string;
  readonly planDigest: string;
  readonly stage: 'network' | 'nodes and waves' | 'removals' | 'verify' | 'ended';
  readonly network: readonly StepStatus[];
  readonly verify: StepStatus;
  /** What goes for good. Absent where nothing does. */
  readonly removals?: readonly StepStatus[];
  /** Nodes of the plan: `untouched` ones need nothing, `open` ones have a child workflow. */
  readonly nodes: readonly {
    readonly name: string;
    readonly state: ChildState;
  }[];
  readonly waves: readonly {
    readonly wave: number;
    readonly state: ChildState;
  }[];
  /** Every step that waits for a person, of the children too. */
  readonly parked: readonly StepStatus[];
  /** Steps that this run goes on without, of the children too. */
  readonly skipped: readonly SkippedStep[];
  readonly stopping: boolean;
  /** Present while no new step begins. */
  readonly paused?: { readonly by: string; readonly reason: string; readonly since: string };
  /** Nodes and waves that cannot begin before an older run of them has ended, in a sentence each. Absent when none does. */
  readonly waitsForOlder?: readonly string[];
  /** The certificate that expires first, as the run saw it last. */
  readonly expiry?: FirstExpiry;
  /** A plan made anew, because the world is not as the approved one expects. It waits for its approval. */
  readonly amended?: PlanName;
}

/** A node or wave of a run: `open` has a child workflow; `ended` ended before it was done. */
export type ChildState = 'untouched' | 'not begun' | 'open' | 'done' | 'skipped' | 'ended';

/** Names a plan to people and to the artifact store. */
export interface PlanName {
  readonly digest: string;
  readonly artifact: string;
  readonly changes: number;
  /** Steps that are not as in the plan that it takes the place of. */
  readonly moved?: readonly StepId[];
}

export interface FrontDoorStatus {
  readonly phase: 'planning' | 'waiting for approval' | 'waiting for the cluster' | 'applying' | 'ended';
  readonly cluster?: string;
  readonly planDigest?: string;
  /** Reference of the `PlanBody` in the artifact store: what a person looks at before approving. */
  readonly planArtifact?: string;
  readonly changes?: number;
  /** Why there is no plan yet: what was tried and failed. */
  readonly note?: string;
  /** The holder of the lock, while it is waited for. */
  readonly busyWith?: string;
  /** Steps that are not as in the plan before. Present when it is asked again. */
  readonly moved?: readonly StepId[];
  /** The certificate that expires first, as the plan saw it. */
  readonly expiry?: FirstExpiry;
  /** Until when the plan waits for its approval. */
  readonly expiresAt?: string;
}
