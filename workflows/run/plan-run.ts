import { allHandlersFinished, CancellationScope, condition } from '@temporalio/workflow';
import { residueStep, verifyStep, type StepId } from '../../model/steps.js';
import type { PlannedUnit } from '../../model/plan/plan.js';
import type { ApplyStatus, ChildState, SkippedStep } from '../../model/status/status.js';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import type { ApplyPlanInput, ChildResult } from '../contract/inputs.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { StopInput } from '../../model/messages.js';
import { Aborted, Stopped } from '../step/step-outcomes.js';
import { setSearchAttributes } from '../search-attributes.js';
import { applyDetails, showDetails } from '../step/progress.js';
import { createSteps, stopSteps, type Steps } from '../step/steps.js';
import type { Child } from './child.js';
import { createLockInWorld, type LockInWorld } from './lock-in-world.js';
import { createParkedSteps, type ParkedSteps } from './parked-steps.js';
import { applyStatus, initialState, skippedSteps, type RunState } from './run-state.js';

/** The readable state of a run; only its transitions change it. */
interface RunView extends Pick<RunState, 'plan' | 'amended' | 'controlPlaneReady' | 'paused' | 'stoppedBy' | 'left'> {
  readonly readyNodes: ReadonlySet<string>;
  readonly skippedNodes: ReadonlySet<string>;
  readonly endedUnits: ReadonlyMap<string, string>;
  readonly children: ReadonlyMap<string, Child>;
  readonly nodeStates: ReadonlyMap<string, ChildState>;
  readonly waveStates: ReadonlyMap<number, ChildState>;
}

/** One run of a plan: its own steps, what its children told, and every change of that by name. */
export interface PlanRun {
  readonly input: ApplyPlanInput;
  readonly steps: Steps;
  readonly parked: ParkedSteps;
  readonly world: LockInWorld;
  readonly now: Readonly<RunView>;

  /** Runs one stage, so that status and search attributes say so. */
  stage(name: ApplyStatus['stage'], act: () => Promise<unknown>): Promise<void>;
  controlPlaneAnswers(): void;
  nodeIs(name: string, state: ChildState): void;
  nodeReady(name: string): void;
  nodeSkipped(name: string): void;
  waveIs(wave: number, state: ChildState): void;
  /** The gates of these units held, or they were skipped. */
  unitsEnded(units: readonly PlannedUnit[]): void;
  childBegan(workflowId: string, child: Child): void;
  /** Nobody can be told anything there any more. */
  childGone(workflowId: string): void;
  /** Takes the result of a child into account. Throws `Stopped` or `Aborted` when the child ended by it. */
  childEnded(title: string, result: ChildResult): void;
  /** A child cannot begin: an older run of its id is open, as this sentence says. */
  olderRunMet(workflowId: string, sentence: string): void;
  olderRunEnded(workflowId: string): void;
  /** A plan that was made anew waits for its approval. */
  offerPlan(plan: PlanSkeleton): void;
  /** Goes by this plan from now on. Nodes that were Ready and that it changes are rolled out again. */
  amendPlan(plan: PlanSkeleton): void;
  certificateSeen(expiry: ApplyStatus['expiry']): void;
  /** What two sweeps found at EC2 after the end of the cluster, and is not ours. */
  residueSeen(left: readonly string[]): void;
  pause(by: NonNullable<ApplyStatus['paused']>): void;
  resume(): void;
  /** Begins no new step from now on; children are told by `answerLockMessages`. */
  stop(how: StopInput): void;
  end(): Promise<void>;

  status(): ApplyStatus;
  /** Number of steps that changed the world, with the steps of ended children. */
  changes(): number;
  /** Every step that the run goes on without, of its children too. */
  skipped(): readonly SkippedStep[];
}

/** Sets a run up. Every transition brings the current details of the workflow up to date. */
export function createPlanRun(input: ApplyPlanInput): PlanRun {
  const state = initialState(input);
  const parked = createParkedSteps(input.plan.nodes);
  const steps = createSteps(ownSteps(input.plan), {
    tellParked: async (step) => {
      parked.add(step);
    },
    // a step of the lock itself reads the plan of the run each time
    amend: () => undefined,
    changed: showRun,
  });
  parked.onChange((stepIds) => {
    setSearchAttributes(input.searchAttributes, { GroundswellParkedSteps: stepIds });
    showRun();
  });
  const status = (): ApplyStatus => applyStatus(state, steps, parked);
  const changes = (): number => steps.changes + state.childChanges;

  function showRun(): void {
    showDetails(applyDetails(status(), changes()));
  }
  /** Makes a transition of a change of the state. */
  function shown<Given extends readonly unknown[]>(change: (...given: Given) => unknown): (...given: Given) => void {
    return (...given) => {
      change(...given);
      showRun();
    };
  }
  const enterStage = (name: ApplyStatus['stage']): void => {
    state.stage = name;
    setSearchAttributes(input.searchAttributes, { GroundswellStage: name });
    showRun();
  };
  const stop = (how: StopInput): void => {
    state.stoppedBy = { ...state.stoppedBy, ...how };
    stopSteps(steps, how);
  };
  const world = createLockInWorld({
    input,
    stopping: () => steps.stopping,
    lost: (reason) => {
      stop({ reason });
    },
  });
  const setPaused = (paused: ApplyStatus['paused']): void => {
    state.paused = paused;
    steps.paused = paused !== undefined;
    showRun();
  };

  return {
    input,
    steps,
    parked,
    world,
    now: state,
    status,
    changes,
    skipped: () => skippedSteps(state, steps),
    async stage(name, act) {
      enterStage(name);
      await act();
    },
    controlPlaneAnswers: () => (state.controlPlaneReady = true),
    nodeIs: shown((name, nodeState) => state.nodeStates.set(name, nodeState)),
    nodeReady: (name) => state.readyNodes.add(name),
    nodeSkipped: (name) => state.skippedNodes.add(name),
    waveIs: shown((wave, waveState) => state.waveStates.set(wave, waveState)),
    unitsEnded(units) {
      for (const { name, digest } of units) state.endedUnits.set(name, digest);
    },
    childBegan: shown((workflowId, child) => {
      state.children.set(workflowId, child);
      parked.forgetOlder(workflowId, child.firstExecutionRunId);
    }),
    childGone: (workflowId) => state.children.delete(workflowId),
    childEnded(title, { outcome, changes: effects, skipped }) {
      state.childChanges += effects;
      state.childrenSkipped.push(...skipped);
      if (outcome !== 'done') stop(outcome === 'aborted' ? { now: true } : {});
      showRun();
      if (outcome === 'aborted') throw new Aborted(`${title} was aborted by a person`);
      if (outcome === 'stopped') throw new Stopped(`${title} stopped`);
    },
    olderRunMet: shown((workflowId, sentence) => state.waitsForOlder.set(workflowId, sentence)),
    olderRunEnded: shown((workflowId) => state.waitsForOlder.delete(workflowId)),
    offerPlan: shown((plan) => (state.amended = plan)),
    amendPlan: shown((plan) => {
      state.amended = undefined;
      state.plan = plan;
      forgetChangedNodes(state);
    }),
    certificateSeen: (expiry) => (state.expiry = expiry ?? state.expiry),
    residueSeen: (left) => (state.left = left),
    pause: setPaused,
    resume: () => {
      setPaused(undefined);
    },
    stop,
    async end() {
      state.stage = 'ended';
      showRun();
      await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    },
  };
}

/** The steps that the lock runs itself. */
function ownSteps({ network, removals, tearsDown }: PlanSkeleton): readonly StepId[] {
  const own = [...network, ...(removals?.steps ?? [])].map(({ step }) => step);
  return [...own, tearsDown === true ? residueStep : verifyStep];
}

/** Nodes that were Ready, and that the plan changes now. */
function forgetChangedNodes({ plan, readyNodes, children }: RunState): void {
  for (const { name, op } of plan.nodes) {
    if (op !== 'none' && !children.has(nodeWorkflowId(plan.cluster, name))) readyNodes.delete(name);
  }
}
