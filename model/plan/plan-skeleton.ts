import type { StepId } from '../steps.js';
import type { FirstExpiry } from '../facts/facts.js';
import type { WorldLock } from '../facts/world-lock.js';
import type { PlannedNode, PlannedUnit, StepOp } from './plan.js';

/** Names the body of a plan to activities. */
export interface PlanReference {
  readonly cluster: string;
  readonly digest: string;
  /** Reference of the `PlanBody` in the artifact store. */
  readonly artifact: string;
}

/** The part of a plan in histories: names, operations and digests. The body is read by reference. */
export interface PlanSkeleton extends PlanReference {
  readonly changes: number;
  readonly network: readonly {
    readonly step: StepId;
    readonly op: StepOp;
    /** Steps that must be done before it. A plan of an earlier build does not say. */
    readonly needs?: readonly StepId[];
  }[];
  readonly nodes: readonly PlannedNode[];
  readonly units: readonly PlannedUnit[];
  /** Steps that are not as in the plan that it takes the place of; at most 20. */
  readonly moved?: readonly StepId[];
  /** Name of the control plane with which the state of the cluster is lost. Nothing begins before it is typed. */
  readonly loses?: string;
  /** The holder of the cluster, if that is a run of another Temporal. Nothing starts before its end. */
  readonly heldBy?: WorldLock;
  /** Number of steps with differences that Groundswell leaves alone. Absent when there are none. */
  readonly remarks?: number;
  /** The certificate of the control plane that expires first; absent where none was seen. */
  readonly expiry?: FirstExpiry;
}

/** A spec that was read and found valid; the spec itself lies in the artifact store. */
export interface LoadedSpec {
  readonly cluster: string;
  readonly approval: 'required' | 'none';
  readonly artifact: string;
}

/** The parts of a plan. */
export interface MakePlanInput extends LoadedSpec {
  /** The plan that the new one takes the place of: what moved since is told. */
  readonly before?: PlanReference;
}

/** The reference of a plan. */
export function planReference({ cluster, digest, artifact }: PlanReference): PlanReference {
  return { cluster, digest, artifact };
}
