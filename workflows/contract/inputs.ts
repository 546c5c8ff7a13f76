import type { StopInput } from '../../model/messages.js';
import type { PlannedNode, PlannedUnit } from '../../model/plan/plan.js';
import type { LoadedSpec, PlanReference, PlanSkeleton, PlanWishes } from '../../model/plan/plan-skeleton.js';
import type { Standing } from '../../model/status/standing.js';
import type { SkippedStep } from '../../model/status/status.js';

/** Input of `rollOutCluster`. Every field is optional: `{}` rolls the worker's default spec out after an approval. */
export interface RollOutClusterInput {
  /** Path of a spec on the worker's machine. Default: the worker's own default spec. */
  readonly spec?: string;
  /** `true` approves whatever the plan says. Default: wait for the update `approve`. */
  readonly approve?: boolean;
  /** Who starts it, as claimed. */
  readonly by?: string;
  /**
   * Names of what may be lost, with commas between. Units and objects lose their data with a host or a unit. The name of a
   * control plane that is gone gives up the state of its cluster.
   */
  readonly confirm?: string;
  /** Nodes that get new hosts, with commas between. */
  readonly replace?: string;
  /** Id of the lock that another Temporal, which is gone for good, has of the cluster: takes the cluster from it. */
  readonly takeOver?: string;
  /** `true` verifies the cluster also when the plan changes nothing; such a plan needs no approval. */
  readonly verify?: boolean;
  /** Commit that the spec comes from. */
  readonly gitSha?: string;
  /** `true` asks a run that holds the lock to stop at its next safe point, instead of waiting for its end. */
  readonly supersede?: boolean;
  /** Hours that a plan waits for its approval before the run ends as `expired`. Default 168, a week. */
  readonly approvalHours?: number;
}

/** Input of `planCluster`. */
export interface PlanClusterInput extends Pick<RollOutClusterInput, 'spec' | 'confirm' | 'replace'> {
  /** `true` plans the end of the cluster instead. */
  readonly down?: boolean;
}

/** Input of `checkDrift`. */
export type CheckDriftInput = Pick<RollOutClusterInput, 'spec'>;

/** Input of `tearDownCluster`. The name of the cluster is all that it needs, and nothing else is enough. */
export interface TearDownClusterInput extends Pick<RollOutClusterInput, 'spec' | 'by' | 'supersede' | 'takeOver'> {
  /** Name of the cluster that ends, typed by a person. */
  readonly confirm?: string;
  /** Digest of the plan that this person saw: another one is not carried out. Default: whatever the plan says. */
  readonly digest?: string;
}

export interface RollOutClusterResult extends Omit<ApplyPlanResult, 'outcome'> {
  /** `expired`: nobody approved the plan in time. */
  readonly outcome: ApplyPlanResult['outcome'] | 'nothing to do' | 'expired';
  readonly cluster: string;
  /** Of the plan that was carried out: where one was approved in place of a stale one, of that. */
  readonly planDigest: string;
  /** With `nothing to do`: how many things differ and were left as they are. Absent when none does. */
  readonly remarks?: number;
}

export interface ApplyPlanInput {
  readonly plan: PlanSkeleton;
  /** Spec that the plan is of: a plan that went stale is made anew from it. */
  readonly spec: LoadedSpec;
  /** Whether a plan that has to be made anew is approved too, whatever it says. */
  readonly approved: boolean;
  /** What was asked of the plan beside the spec, and is asked again where it is made anew. */
  readonly wishes?: PlanWishes;
  readonly searchAttributes: readonly string[];
  readonly gitSha?: string;
  readonly by?: string;
  /** As in the input of `rollOutCluster`. */
  readonly takeOver?: string;
}

export interface ApplyPlanResult {
  /** `degraded`: done, but for steps that people skipped. */
  readonly outcome: 'done' | 'degraded' | 'stopped';
  /** Effects on the world: how many steps changed something. */
  readonly changes: number;
  /** Of the plan that the run went by in the end, where that is another one than it began with. */
  readonly planDigest?: string;
  /** Steps that people answered with `skip`, and what was left out with them. The next run plans them again. */
  readonly skipped?: readonly SkippedStep[];
  /** After a tear-down: the things that are left at EC2 and are not ours. Absent after other plans. */
  readonly left?: readonly string[];
  /** The existing parts, if the run ended early. */
  readonly standing?: Standing;
  /** The person who stopped it, as claimed, and the reason. */
  readonly stoppedBy?: StopInput;
}

export interface RollOutNodeInput {
  readonly plan: PlanReference;
  readonly node: PlannedNode;
  /** What may be lost with the host that leaves, as a person typed it. Default: nothing. */
  readonly confirmed?: readonly string[];
  /** The lock that started it: signals about parked steps go there. */
  readonly parent: { readonly workflowId: string; readonly runId: string };
  /** Whether the control plane answers already. */
  readonly controlPlaneReady: boolean;
  readonly paused: boolean;
}

export interface RollOutWaveInput {
  readonly plan: PlanReference;
  readonly wave: number;
  readonly units: readonly PlannedUnit[];
  readonly parent: { readonly workflowId: string; readonly runId: string };
  /** Nodes that are Ready and labelled at the start; later ones come by the signal `nodesReady`. */
  readonly readyNodes: readonly string[];
  /** Nodes that this run goes on without; later ones come by the signal `nodeSkipped`. */
  readonly skippedNodes: readonly string[];
  readonly paused: boolean;
}

export interface ChildResult {
  readonly outcome: 'done' | 'stopped' | 'aborted';
  readonly changes: number;
  readonly skipped: readonly SkippedStep[];
}
