import type { PlannedNode, PlannedUnit } from './plan/plan.js';
import type { PlanReference } from './plan/plan-skeleton.js';
import type { ResolveAction } from './status/answers.js';
import type { StepFailure } from './status/step-failure.js';
import type { StepId } from './steps.js';

/**
 * The payload of each signal, by its name. Sender, receiver and report take names and payloads from this file: a name
 * that nobody sends does not compile.
 */
export interface SignalPayloads {
  /** Anybody → front door, lock or child: the same as the update `stop`. */
  readonly stop: StopInput | null | undefined;
  /** Child → lock: a step parked. */
  readonly parked: ParkedStep;
  /** Control plane's node → lock → other nodes: the Kubernetes API answers. */
  readonly controlPlaneReady: undefined;
  /** Lock → child: what a person decided. */
  readonly decided: Decision;
  /** Lock → child: begin no step, or go on. */
  readonly paused: { readonly paused: boolean };
  /** Lock → wave: units of it that the newly approved plan has other objects for. */
  readonly amended: AmendedWave;
  /** Lock → wave: the run goes on without this node. */
  readonly nodeSkipped: { readonly node: string };
  /** Lock → wave: these nodes are Ready and labelled. */
  readonly nodesReady: { readonly nodes: readonly string[] };
}
export type SignalName = keyof SignalPayloads;

/** The argument and the result of each update, by its name. */
export interface UpdatePayloads {
  /** On the front door: approves its plan. On the lock: approves the plan that was made anew for stale steps. */
  readonly approve: { readonly input: ApproveInput; readonly result: ApproveResult };
  /** On the lock: answers a parked step. */
  readonly resolve: { readonly input: ResolveInput; readonly result: ResolveResult };
  /** On the lock: begins no new step until `resume`. */
  readonly pause: { readonly input: PauseInput; readonly result: PauseResult };
  readonly resume: { readonly input: PauseInput; readonly result: PauseResult };
  /** On front door and lock: begins no new step, and ends the run. */
  readonly stop: { readonly input: StopInput | null | undefined; readonly result: StopResult };
}
export type UpdateName = keyof UpdatePayloads;

/** The payload of a message, signal or update. */
export type MessagePayload<Name extends SignalName | UpdateName> = Name extends SignalName
  ? SignalPayloads[Name]
  : Name extends UpdateName
    ? UpdatePayloads[Name]['input']
    : never;

/** Names of the signals. */
export const signalNames = {
  stop: 'stop',
  parked: 'parked',
  controlPlaneReady: 'controlPlaneReady',
  decided: 'decided',
  paused: 'paused',
  amended: 'amended',
  nodeSkipped: 'nodeSkipped',
  nodesReady: 'nodesReady',
} as const satisfies { readonly [Name in SignalName]: Name };

/** Names of the updates. */
export const updateNames = {
  approve: 'approve',
  resolve: 'resolve',
  pause: 'pause',
  resume: 'resume',
  stop: 'stop',
} as const satisfies { readonly [Name in UpdateName]: Name };

/** Names of the queries. Front door, lock, node and wave each answer `status` in the type of their own status. */
export const queryNames = { status: 'status' } as const;

export function isSignalName(name: string): name is SignalName {
  return Object.hasOwn(signalNames, name);
}

export function isUpdateName(name: string): name is UpdateName {
  return Object.hasOwn(updateNames, name);
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

/** The decision of a person about one parked step, in the form for its workflow. */
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

/** The part of a replacement plan that an open wave needs. */
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
  /** The running parts: steps of the run itself, and its children by title. */
  readonly running: readonly string[];
}

export interface PauseInput {
  readonly reason: string;
  readonly by: string;
}
export interface PauseResult {
  readonly paused: boolean;
  /** The parts that run on until their end, as for `stop`. */
  readonly running: readonly string[];
}
