import type { ApplyStatus, FrontDoorStatus, NodeStatus, StepStatus, WaveStatus } from './status.js';

/** A front door that is open: a roll-out that plans, waits or runs. */
export interface FrontDoorSnapshot {
  readonly id: string;
  /** Absent when no worker answers, and where it is broken. */
  readonly status?: FrontDoorStatus;
}

/** An activity as the server knows it, worker or no worker. */
export interface ActivitySnapshot {
  readonly workflowId: string;
  /** Its type; of a step that is parked the name of the step. */
  readonly name: string;
  readonly attempt: number;
  /** Its last heartbeat, or its last failure, or that it has not begun. */
  readonly note?: string;
  /** The step that it works for, where it says so. */
  readonly step?: string;
  /** It is no activity, but a step that waits for a person. */
  readonly parked?: true;
}

/** How a run of `applyPlan` stands. */
export type RunState =
  'open' | 'done' | 'degraded' | 'stopped' | 'aborted' | 'failed' | 'cancelled' | 'terminated' | 'timed out';

/** The run that holds the lock, or the last one that held it. */
export interface ApplySnapshot {
  readonly state: RunState;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  /** Absent when no worker answers. */
  readonly status?: ApplyStatus;
  readonly nodes: readonly NodeStatus[];
  readonly waves: readonly WaveStatus[];
  readonly activities: readonly ActivitySnapshot[];
  /** The run itself and children of it that cannot answer. Absent when all do. */
  readonly broken?: readonly BrokenRun[];
}

/** Everything that is known of the roll-outs of one cluster at one moment. */
export interface RollOutSnapshot {
  readonly cluster: string;
  readonly frontDoors: readonly FrontDoorSnapshot[];
  readonly apply?: ApplySnapshot;
  /** Every open run of the cluster whose workflow task fails. Absent when none does. */
  readonly broken?: readonly BrokenRun[];
  /** Why this is less than everything: no worker answers, and only the server was asked. */
  readonly gap?: string;
}

/** Every step that is known, in the order of the stages. */
export function stepsOf(apply: ApplySnapshot): readonly StepStatus[] {
  if (apply.status === undefined) return [];
  const { network, removals = [], verify } = apply.status;
  return [
    ...network,
    ...apply.nodes.flatMap((node) => node.steps),
    ...apply.waves.flatMap((wave) => wave.steps),
    ...removals,
    verify,
  ];
}

/** The steps that wait for a person: what the lock knows, and what a child says that it has not told yet. */
export function parkedSteps(apply: ApplySnapshot): readonly StepStatus[] {
  const told = apply.status?.parked ?? [];
  const known = new Set(told.map((step) => step.step));
  return [...told, ...stepsOf(apply).filter((step) => step.state === 'parked' && !known.has(step.step))];
}

/** An open run whose workflow task fails: Temporal begins it again and again, and it neither goes on nor answers. */
export interface BrokenRun {
  readonly workflowId: string;
  readonly runId: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Of the failure, in one line. */
  readonly message: string;
}
