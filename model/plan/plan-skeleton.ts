import type { StepId } from '../steps.js';
import type { FirstExpiry } from '../facts/facts.js';
import type { WorldLock } from '../facts/world-lock.js';
import {
  changesOf,
  remarksOf,
  type Plan,
  type PlannedNode,
  type PlannedUnit,
  type Removals,
  type StepOp,
} from './plan.js';

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
  /** What goes for good, and the steps by which it goes, in their order. Absent where nothing does. */
  readonly removals?: Removals & {
    readonly steps: readonly { readonly step: StepId; readonly needs: readonly StepId[] }[];
  };
  /** The plan ends the whole cluster. */
  readonly tearsDown?: true;
  /** As in the plan. */
  readonly leaveAtOnce?: number;
  /** How many steps destroy something that needs an approval also where the spec asks for none. */
  readonly destroys?: number;
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

/** The wishes of a person beside the spec. */
export interface PlanWishes {
  /** Nodes whose hosts are to be replaced. */
  readonly replace?: readonly string[];
  /** Names of units and objects whose data may be lost, as a person typed them. */
  readonly confirmed?: readonly string[];
}

/** The parts of a plan. */
export interface MakePlanInput extends LoadedSpec, PlanWishes {
  /** The plan that the new one takes the place of: what moved since is told. */
  readonly before?: PlanReference;
  /** Makes no worker secret where a new cluster needs one: such a plan fails instead. Default false. */
  readonly onlyLooks?: boolean;
}

/** The reference of a plan. */
export function planReference({ cluster, digest, artifact }: PlanReference): PlanReference {
  return { cluster, digest, artifact };
}

/** What a history carries of a plan whose body has this reference in the artifact store. */
export function skeletonOf(plan: Plan, artifact: string): PlanSkeleton {
  const remarks = remarksOf(plan);
  return {
    cluster: plan.cluster,
    digest: plan.digest,
    artifact,
    changes: changesOf(plan).length,
    network: plan.steps.filter(({ stage }) => stage === 'network').map(({ step, op, needs }) => ({ step, op, needs })),
    nodes: plan.nodes,
    units: plan.units,
    ...(plan.removals === undefined ? {} : { removals: { ...plan.removals, steps: removalSteps(plan) } }),
    ...(plan.tearsDown === undefined ? {} : { tearsDown: plan.tearsDown }),
    ...(plan.leaveAtOnce === undefined ? {} : { leaveAtOnce: plan.leaveAtOnce }),
    ...(plan.destroys === undefined ? {} : { destroys: plan.destroys.length }),
    ...(remarks === 0 ? {} : { remarks }),
    ...(plan.expiry === undefined ? {} : { expiry: plan.expiry }),
    ...(plan.loses === undefined ? {} : { loses: plan.loses.controlPlane }),
    ...(plan.heldBy === undefined ? {} : { heldBy: plan.heldBy }),
  };
}

function removalSteps({ steps }: Plan): readonly { readonly step: StepId; readonly needs: readonly StepId[] }[] {
  return steps
    .filter(({ stage, op }) => stage === 'removals' && op === 'remove')
    .map(({ step, needs }) => ({ step, needs }));
}
