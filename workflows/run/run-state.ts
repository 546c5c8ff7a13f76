import { residueStep, verifyStep, type StepId } from '../../model/steps.js';
import type { PlannedUnit } from '../../model/plan/plan.js';
import type { ApplyStatus, ChildState, PlanName, SkippedStep, StepStatus } from '../../model/status/status.js';
import type { ApplyPlanInput } from '../contract/inputs.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { StopInput } from '../../model/messages.js';
import type { Steps } from '../step/steps.js';
import type { Child } from './child.js';
import type { ParkedSteps } from './parked-steps.js';

/** The state of a plan's run. It lives as long as the workflow, and only `PlanRun` changes it. */
export interface RunState {
  /** The plan that the run goes by now: the approved one, or the one that was approved in its place. */
  plan: PlanSkeleton;
  /** A plan that was made anew and waits for its approval. */
  amended: PlanSkeleton | undefined;
  stage: ApplyStatus['stage'];
  controlPlaneReady: boolean;
  paused: ApplyStatus['paused'];
  stoppedBy: StopInput | undefined;
  /** The certificate that expires first, as the plan and then the verification saw it. */
  expiry: ApplyStatus['expiry'];
  /** What is left of a cluster that was torn down. */
  left: readonly string[] | undefined;
  /** Nodes that are Ready and labelled. */
  readonly readyNodes: Set<string>;
  /** Nodes that the run goes on without. */
  readonly skippedNodes: Set<string>;
  /** By unit: digest of the objects with which its gate held in this run, or with which it was skipped. */
  readonly endedUnits: Map<string, string>;
  readonly nodeStates: Map<string, ChildState>;
  readonly waveStates: Map<number, ChildState>;
  /** Open children by workflow id. */
  readonly children: Map<string, Child>;
  /** By workflow id: in a sentence, which child cannot begin before an older run of it has ended. */
  readonly waitsForOlder: Map<string, string>;
  /** Effects of children that have ended. */
  childChanges: number;
  /** What children that have ended went on without. */
  readonly childrenSkipped: SkippedStep[];
}

/** The state of a run that has not begun. A node that the plan does not change is Ready. */
export function initialState({ plan }: ApplyPlanInput): RunState {
  const untouched = plan.nodes.filter(({ op }) => op === 'none');
  return {
    plan,
    amended: undefined,
    stage: 'network',
    controlPlaneReady: untouched.some(({ role }) => role === 'control-plane'),
    paused: undefined,
    stoppedBy: undefined,
    expiry: plan.expiry,
    left: undefined,
    readyNodes: new Set(untouched.map(({ name }) => name)),
    skippedNodes: new Set(),
    endedUnits: new Map(),
    nodeStates: new Map(plan.nodes.map(({ name, op }) => [name, op === 'none' ? 'untouched' : 'not begun'])),
    waveStates: new Map(),
    children: new Map(),
    waitsForOlder: new Map(),
    childChanges: 0,
    childrenSkipped: [],
  };
}

/** The answer to the query `status` of the lock. */
export function applyStatus(state: RunState, steps: Steps, parked: Pick<ParkedSteps, 'list'>): ApplyStatus {
  const { plan, paused, expiry, amended, waitsForOlder } = state;
  const last = plan.tearsDown === true ? residueStep : verifyStep;
  return {
    cluster: plan.cluster,
    planDigest: plan.digest,
    stage: state.stage,
    network: statusesOf(plan.network, steps),
    ...(plan.removals === undefined ? {} : { removals: statusesOf(plan.removals.steps, steps) }),
    verify: steps.statuses.get(last) ?? { step: last, state: 'not begun' },
    nodes: [...state.nodeStates].map(([name, nodeState]) => ({ name, state: nodeState })),
    waves: [...state.waveStates].map(([wave, waveState]) => ({ wave, state: waveState })),
    parked: parked.list(),
    skipped: skippedSteps(state, steps),
    stopping: steps.stopping,
    ...(paused === undefined ? {} : { paused }),
    ...(waitsForOlder.size === 0 ? {} : { waitsForOlder: [...waitsForOlder.values()] }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(amended === undefined ? {} : { amended: planName(amended) }),
  };
}

function statusesOf(of: readonly { readonly step: StepId }[], { statuses }: Steps): readonly StepStatus[] {
  return of.flatMap(({ step }) => statuses.get(step) ?? []);
}

/** Every step that the run goes on without, of its children too. */
export function skippedSteps({ childrenSkipped }: RunState, steps: Pick<Steps, 'skipped'>): readonly SkippedStep[] {
  return [...steps.skipped, ...childrenSkipped];
}

/** Units that the plan changes, and that the run has not brought to their end by it; the earliest wave first. */
export function openUnits(run: {
  readonly plan: PlanSkeleton;
  readonly endedUnits: ReadonlyMap<string, string>;
}): readonly PlannedUnit[] {
  return run.plan.units
    .filter(({ op, name, digest }) => op !== 'none' && run.endedUnits.get(name) !== digest)
    .toSorted((a, b) => a.wave - b.wave);
}

function planName({ digest, artifact, changes, moved }: PlanSkeleton): PlanName {
  return { digest, artifact, changes, ...(moved === undefined ? {} : { moved }) };
}
