import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PlannedNode, PlannedUnit, StepOp } from '../model/plan.js';
import type { StepId } from '../model/steps.js';
import type { ApplyStatus, FrontDoorStatus, NodeStatus, StepFailure, WaveStatus } from '../model/status.js';

/** Task queue of all workflows and activities but the Ansible ones. */
export const taskQueue = 'groundswell';
/** Task queue of activities that run `ansible-playbook`: few at once, because each is bound by the processor. */
export const ansibleTaskQueue = 'groundswell-ansible';

/** Id of `applyPlan`. Temporal allows one open run of an id: this is the lock of the cluster. */
export function applyWorkflowId(cluster: string): string {
  return `cluster/${cluster}`;
}
export function nodeWorkflowId(cluster: string, node: string): string {
  return `cluster/${cluster}/node/${node}`;
}
export function waveWorkflowId(cluster: string, wave: number): string {
  return `cluster/${cluster}/wave/${wave}`;
}

/** Search attributes that are set where the server knows them. */
export const searchAttributes = {
  GroundswellCluster: 'KEYWORD',
  GroundswellStage: 'KEYWORD',
  GroundswellParkedSteps: 'KEYWORD_LIST',
  GroundswellGitSha: 'KEYWORD',
} as const;

/** Input of `rollOutCluster`. Every field is optional: `{}` rolls the worker's default spec out after an approval. */
export interface RollOutClusterInput {
  /** Path of a spec on the worker's machine. Default: the worker's own default spec. */
  readonly spec?: string;
  /** `true` approves whatever the plan says. Default: wait for the update `approve`. */
  readonly approve?: boolean;
  /** Who starts it, as claimed. */
  readonly by?: string;
  /** Commit that the spec comes from. */
  readonly gitSha?: string;
}

/** Input of `planCluster`. */
export interface PlanClusterInput {
  /** Path of a spec on the worker's machine. Default: the worker's own default spec. */
  readonly spec?: string;
}

export interface RollOutClusterResult {
  readonly cluster: string;
  readonly outcome: 'done' | 'nothing to do' | 'stopped' | 'aborted';
  /** Effects on the world: how many steps changed something. */
  readonly changes: number;
  readonly planDigest: string;
}

/** What the history carries of a plan: names, operations and digests. The body is read by reference. */
export interface PlanSkeleton {
  readonly cluster: string;
  readonly digest: string;
  /** Reference of the `PlanBody` in the artifact store. */
  readonly artifact: string;
  readonly changes: number;
  readonly network: readonly { readonly step: StepId; readonly op: StepOp }[];
  readonly nodes: readonly PlannedNode[];
  readonly units: readonly PlannedUnit[];
}

export interface ApplyPlanInput {
  readonly plan: PlanSkeleton;
  readonly searchAttributes: readonly string[];
  readonly gitSha?: string;
  readonly by?: string;
}
export interface ApplyPlanResult {
  readonly outcome: 'done' | 'stopped' | 'aborted';
  readonly changes: number;
}

export interface RollOutNodeInput {
  readonly plan: PlanReference;
  readonly node: PlannedNode;
  /** The lock that started it: signals about parked steps go there. */
  readonly parent: { readonly workflowId: string; readonly runId: string };
  /** Whether the control plane answers already. */
  readonly controlPlaneReady: boolean;
}
export interface RollOutWaveInput {
  readonly plan: PlanReference;
  readonly wave: number;
  readonly units: readonly PlannedUnit[];
  readonly parent: { readonly workflowId: string; readonly runId: string };
  /** Nodes that are Ready and labelled at the start; later ones come by the signal `nodeReady`. */
  readonly readyNodes: readonly string[];
}
export interface ChildResult {
  readonly outcome: 'done' | 'stopped' | 'aborted';
  readonly changes: number;
}

/** Names a plan body to activities. */
export interface PlanReference {
  readonly cluster: string;
  readonly digest: string;
  readonly artifact: string;
}

/** A step that waits for a person. `parkId` names this one stop, so that a late answer to an older one is refused. */
export interface ParkedStep {
  readonly step: StepId;
  readonly parkId: string;
  readonly failure: StepFailure;
  /** Workflow that waits; the lock itself for network and verify steps. */
  readonly workflowId: string;
  readonly since: string;
}

export type ResolveAction = 'retry' | 'skip' | 'replace' | 'abort';
export interface ResolveInput {
  readonly step: StepId;
  readonly parkId?: string;
  readonly action: ResolveAction;
  readonly reason: string;
  readonly by: string;
}
export interface ResolveResult {
  readonly step: StepId;
  readonly action: ResolveAction;
}
export interface ApproveInput {
  /** Digest of the plan that was looked at. */
  readonly digest: string;
  readonly by: string;
}
export interface ApproveResult {
  readonly digest: string;
}
export interface Decision {
  readonly parkId: string;
  readonly action: 'retry' | 'abort';
}

export const approveUpdate = defineUpdate<ApproveResult, [ApproveInput]>('approve');
export const resolveUpdate = defineUpdate<ResolveResult, [ResolveInput]>('resolve');
export const stopSignal = defineSignal('stop');

/** Child → lock: a step parked, or goes on again. */
export const parkedSignal = defineSignal<[ParkedStep]>('parked');
/** Control plane's node → lock: the Kubernetes API answers. */
export const controlPlaneReadySignal = defineSignal('controlPlaneReady');
/** Lock → child: what a person decided. */
export const decidedSignal = defineSignal<[Decision]>('decided');
/** Lock → wave: these nodes are Ready and labelled. */
export const nodeReadySignal = defineSignal<[{ readonly node: string }]>('nodeReady');

export const frontDoorStatusQuery = defineQuery<FrontDoorStatus>('status');
export const applyStatusQuery = defineQuery<ApplyStatus>('status');
export const nodeStatusQuery = defineQuery<NodeStatus>('status');
export const waveStatusQuery = defineQuery<WaveStatus>('status');
