import type { StopInput } from '../../model/messages.js';
import type { PlannedNode, PlannedUnit } from '../../model/plan/plan.js';
import type { LoadedSpec, PlanReference, PlanSkeleton } from '../../model/plan/plan-skeleton.js';
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
  /** Name of a control plane that is gone: gives the state of its cluster up for a new, empty one. */
  readonly confirm?: string;
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
export interface PlanClusterInput {
  /** Path of a spec on the worker's machine. Default: the worker's own default spec. */
  readonly spec?: string;
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
  /** The existing parts, if the run ended early. */
  readonly standing?: Standing;
  /** The person who stopped it, as claimed, and the reason. */
  readonly stoppedBy?: StopInput;
}

export interface RollOutNodeInput {
  readonly plan: PlanReference;
  readonly node: PlannedNode;
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
