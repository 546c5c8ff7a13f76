import type { RenderedUnit } from '../kubernetes/rendered-unit.js';
import type { FirstExpiry, ImageFact } from '../facts/facts.js';
import type { WorldLock } from '../facts/world-lock.js';
import type { LostState } from './lost-control-plane.js';
import type { PlannedMachine } from '../spec/planned-machine.js';
import type { ClusterSpec } from '../spec/spec.js';
import type { Stage, StepId } from '../steps.js';

/**
 * The effect of a step on the world, the most destructive first. `remove` takes something away; `replace` makes
 * something anew in the place of one that is gone or goes. `create` makes a missing thing, `change` adapts an existing
 * thing, and `none` only looks. Everything but `none` is a change. Plans of earlier builds say `create` for all of
 * them.
 */
export const stepOps = ['remove', 'replace', 'create', 'change', 'none'] as const;
export type StepOp = (typeof stepOps)[number];

export interface PlanStep {
  readonly step: StepId;
  readonly stage: Stage;
  readonly op: StepOp;
  /** Why, in one clause: `no instance with these tags`. */
  readonly reason: string;
  /** What differs but is left as it is, for a person to know: `its image is ami-1, the plan's is ami-2`. */
  readonly note?: string;
  /** Steps that must be done before this one. */
  readonly needs: readonly StepId[];
  /** Digest of its operation, of what is wanted, and of what was found; of no state that comes and goes. */
  readonly digest: string;
}

/** A step before its digest is taken. */
export interface StepDraft extends Omit<PlanStep, 'digest'> {
  /** The part of the spec that it makes true; plain JSON. */
  readonly wanted: unknown;
  /** The identity of what it found: the id of a VPC, the digest of what was applied last. */
  readonly found?: unknown;
}

/** What was found of a step, and what follows from it. */
export type Judged = Pick<StepDraft, 'op' | 'reason' | 'note' | 'wanted' | 'found'>;

export interface PlannedNode {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  /** Generation of the instance that is used or made. */
  readonly generation: number;
  /** What becomes of the node as a whole; `none` when none of its steps changes anything. */
  readonly op: StepOp;
  /** Units that may have left data on its host: it is not replaced before somebody names them. */
  readonly data: readonly string[];
  /** Generation of the host that goes first, because another one takes its place. Absent where none does. */
  readonly replaces?: number;
  /**
   * The run renews the certificates of this control plane on the way. With `renew only` it does nothing else: nothing
   * else is needed, or nothing else can be seen without the certificates.
   */
  readonly certificates?: 'renew' | 'renew only';
}

export interface PlannedUnit {
  readonly name: string;
  readonly wave: number;
  readonly op: StepOp;
  /** Digest of the rendered objects. */
  readonly digest: string;
  /** Nodes that its pods may run on and that must be Ready before it is applied. */
  readonly nodes: readonly string[];
}

/** A unit that the spec does not have any more. */
export interface RemovedUnit {
  readonly name: string;
  /** Of its last roll-out. */
  readonly wave: number;
}

/** What goes for good. */
export interface Removals {
  readonly nodes: readonly PlannedNode[];
  readonly units: readonly RemovedUnit[];
}

/** The ordered difference between spec and facts. Data: computed once, recorded, shown, approved by digest, executed. */
export interface Plan {
  readonly cluster: string;
  readonly region: string;
  readonly account: string;
  readonly endpoint: string;
  /** What new hosts are launched from; absent where a plan launches none. */
  readonly image?: ImageFact;
  readonly steps: readonly PlanStep[];
  readonly nodes: readonly PlannedNode[];
  /** What the nodes that change are made of. Plans of earlier builds have none. */
  readonly machines?: readonly PlannedMachine[];
  readonly units: readonly PlannedUnit[];
  /** What goes for good; absent where nothing does. */
  readonly removals?: Removals;
  /** The plan ends the whole cluster. */
  readonly tearsDown?: true;
  /** How many hosts are replaced or removed at the same time; absent where none is. */
  readonly leaveAtOnce?: number;
  /** What is destroyed and needs an approval also where the spec asks for none: steps by name. Absent where nothing is. */
  readonly destroys?: readonly StepId[];
  /** Paths of fields of the spec that take effect by themselves, and differ from those of the last roll-out. Absent when none does. */
  readonly settings?: readonly string[];
  /** The certificate of the control plane that expires first; absent where none was seen. */
  readonly expiry?: FirstExpiry;
  /** Why nothing could be seen of Kubernetes, in one clause: then this plan renews certificates, and nothing else. */
  readonly hidden?: string;
  /** What is lost already, and given up for good by this plan. */
  readonly loses?: LostState;
  /** Who has the cluster, where that is a run of another Temporal, as of when the plan was made. Nothing of the digest. */
  readonly heldBy?: WorldLock;
  /**
   * Identifies what is approved: spec, account, region, endpoint, image, and the digest of each step.
   * Neither times nor prices.
   */
  readonly digest: string;
}

/** What activities read back by reference: the plan with everything that is needed to carry it out. */
export interface PlanBody {
  readonly plan: Plan;
  readonly spec: ClusterSpec;
  /** Values of Secrets are withheld: a keyed digest stands for each. */
  readonly units: readonly RenderedUnit[];
  /** Folder of the spec, from which these values are read again. Absent in plans of builds that did not withhold them. */
  readonly folder?: string;
  /** By node: digest of the roles and inputs that its host is prepared with. A plan of an earlier build has none. */
  readonly prepared?: Readonly<Record<string, string>>;
}

/** How many steps differ from the spec in what is left as it is. */
export function remarksOf(plan: Pick<Plan, 'steps'>): number {
  return plan.steps.filter(({ note }) => note !== undefined).length;
}

/** The steps that would change something. Zero means that the world is as wanted. */
export function changesOf(plan: Pick<Plan, 'steps'>): readonly PlanStep[] {
  return plan.steps.filter((step) => step.op !== 'none');
}
