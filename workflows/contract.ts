import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FirstExpiry } from '../model/facts/facts.js';
import type { WorldLock } from '../model/facts/world-lock.js';
import type { PlannedNode, PlannedUnit, StepOp } from '../model/plan/plan.js';
import type { StepId } from '../model/steps.js';
import type { ResolveAction } from '../model/status/answers.js';
import type { Standing } from '../model/status/standing.js';
import type { ApplyStatus, FrontDoorStatus, NodeStatus, SkippedStep, WaveStatus } from '../model/status/status.js';
import type { StepFailure } from '../model/status/step-failure.js';

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

/** Input of `readArtifact`: exactly one of plan, log and growing log. */
export interface ReadArtifactInput {
  readonly plan?: PlanReference;
  /** Reference of a log that ended. */
  readonly log?: string;
  /** Name under which a log grows. */
  readonly growingLog?: string;
  /** Which part of it, from 0. Default 0. */
  readonly part?: number;
}
/** One part of a text. All parts in their order, unpacked, are its UTF-8 bytes. */
export interface ArtifactPart {
  /** How many there are; 0 when there is no such growing log. */
  readonly parts: number;
  /** gzip, in base64. */
  readonly content?: string;
}

export interface RollOutClusterResult extends Omit<ApplyPlanResult, 'outcome'> {
  /** `expired`: nobody approved the plan in time. */
  readonly outcome: ApplyPlanResult['outcome'] | 'nothing to do' | 'expired';
  readonly cluster: string;
  readonly planDigest: string;
  /** With `nothing to do`: how many things differ and were left as they are. Absent when none does. */
  readonly remarks?: number;
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
  /** Steps that are not as in the plan that it takes the place of; at most 20. */
  readonly moved?: readonly StepId[];
  /** Name of the control plane with which the state of the cluster is lost. Nothing begins before it is typed. */
  readonly loses?: string;
  /** Who has the cluster, where that is a run of another Temporal. Nothing begins before its end. */
  readonly heldBy?: WorldLock;
  /** How many steps differ in what is left as it is. Absent when none does. */
  readonly remarks?: number;
  /** The certificate of the control plane that expires first; absent where none was seen. */
  readonly expiry?: FirstExpiry;
}

/** What a plan is made of. */
export interface MakePlanInput extends LoadedSpec {
  /** The plan that the new one takes the place of: what moved since is told. */
  readonly before?: PlanReference;
}

/** A spec that was read and found valid; the spec itself lies in the artifact store. */
export interface LoadedSpec {
  readonly cluster: string;
  readonly approval: 'required' | 'none';
  readonly artifact: string;
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
  /** Steps that people answered with `skip`, and what was left out with them. The next run plans them again. */
  readonly skipped?: readonly SkippedStep[];
  /** What exists, where the run ended before its end. */
  readonly standing?: Standing;
  /** Who stopped it and why, as claimed. */
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

export interface ResolveInput {
  readonly step: StepId;
  readonly parkId?: string;
  readonly action: ResolveAction;
  readonly reason: string;
  readonly by: string;
  /** With `replace`, where the node may hold data: the names of the units that would lose it, with commas. */
  readonly confirm?: string;
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
/** What a person decided about one parked step, as its workflow is told. */
export interface Decision {
  readonly parkId: string;
  readonly action: ResolveAction;
  readonly reason: string;
  readonly by: string;
  /** With `replace`: what was typed as lost. */
  readonly confirm?: string;
  /** Goes on by this plan: the one it parked under is stale. */
  readonly amended?: Amendment;
}
/** The part of an amended plan that a child needs. */
export interface Amendment {
  readonly plan: PlanReference;
  readonly node?: PlannedNode;
  readonly unit?: PlannedUnit;
}

/** What an open wave needs of a plan that was approved in place of its own. */
export interface AmendedWave {
  readonly plan: PlanReference;
  readonly units: readonly PlannedUnit[];
}

export interface StopInput {
  /** Also lets go of what runs: it may be half done. Default: running steps finish. */
  readonly now?: boolean;
  readonly by?: string;
  readonly reason?: string;
}
export interface StopResult {
  /** What still runs: steps of the run itself, and its children by title. */
  readonly running: readonly string[];
}
export interface PauseInput {
  readonly reason: string;
  readonly by: string;
}
export interface PauseResult {
  readonly paused: boolean;
  /** What runs on until its end, as for `stop`. */
  readonly running: readonly string[];
}

/** On the front door: approves its plan. On the lock: approves the plan that was made anew for stale steps. */
export const approveUpdate = defineUpdate<ApproveResult, [ApproveInput]>('approve');
export const resolveUpdate = defineUpdate<ResolveResult, [ResolveInput]>('resolve');
export const pauseUpdate = defineUpdate<PauseResult, [PauseInput]>('pause');
export const resumeUpdate = defineUpdate<PauseResult, [PauseInput]>('resume');
export const stopUpdate = defineUpdate<StopResult, [StopInput | null | undefined]>('stop');
export const stopSignal = defineSignal<[StopInput | null | undefined]>('stop');

/** Child → lock: a step parked, or goes on again. */
export const parkedSignal = defineSignal<[ParkedStep]>('parked');
/** Control plane's node → lock: the Kubernetes API answers. */
export const controlPlaneReadySignal = defineSignal('controlPlaneReady');
/** Lock → child: what a person decided. */
export const decidedSignal = defineSignal<[Decision]>('decided');
/** Lock → child: begin no step, or go on. */
export const pausedSignal = defineSignal<[{ readonly paused: boolean }]>('paused');
/** Lock → wave: units of it that the newly approved plan has other objects for. */
export const amendedSignal = defineSignal<[AmendedWave]>('amended');
/** Lock → wave: the run goes on without this node. */
export const nodeSkippedSignal = defineSignal<[{ readonly node: string }]>('nodeSkipped');
/** Lock → wave: these nodes are Ready and labelled. */
export const nodesReadySignal = defineSignal<[{ readonly nodes: readonly string[] }]>('nodesReady');

export const frontDoorStatusQuery = defineQuery<FrontDoorStatus>('status');
export const applyStatusQuery = defineQuery<ApplyStatus>('status');
export const nodeStatusQuery = defineQuery<NodeStatus>('status');
export const waveStatusQuery = defineQuery<WaveStatus>('status');
