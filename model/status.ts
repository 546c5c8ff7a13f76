import type { StepId } from './steps.js';

/** Why a step failed, as shown to people. */
export interface StepFailure {
  /** Row of the failure table. */
  readonly type: string;
  readonly message: string;
  readonly advice: string;
  readonly attempts: number;
}

export type StepState = 'waiting' | 'running' | 'done' | 'parked' | 'not begun';

export interface StepStatus {
  readonly step: StepId;
  readonly state: StepState;
  /** What it waits for, or what it saw, in one clause. */
  readonly note?: string;
  readonly changed?: boolean;
  readonly parkId?: string;
  readonly failure?: StepFailure;
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
  readonly stage: 'network' | 'nodes and waves' | 'verify' | 'ended';
  readonly network: readonly StepStatus[];
  readonly verify: StepStatus;
  /** Nodes of the plan: `untouched` ones need nothing, `open` ones have a child workflow. */
  readonly nodes: readonly {
    readonly name: string;
    readonly state: 'untouched' | 'not begun' | 'open' | 'done' | 'ended';
  }[];
  readonly waves: readonly {
    readonly wave: number;
    readonly state: 'untouched' | 'not begun' | 'open' | 'done' | 'ended';
  }[];
  /** Every step that waits for a person, of the children too. */
  readonly parked: readonly StepStatus[];
  readonly stopping: boolean;
}

export interface FrontDoorStatus {
  readonly phase: 'planning' | 'waiting for approval' | 'waiting for the cluster' | 'applying' | 'ended';
  readonly cluster?: string;
  readonly planDigest?: string;
  /** Reference of the `PlanBody` in the artifact store: what a person looks at before approving. */
  readonly planArtifact?: string;
  readonly changes?: number;
  /** The holder of the lock, while it is waited for. */
  readonly busyWith?: string;
}
