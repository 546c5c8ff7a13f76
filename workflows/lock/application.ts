import type { Child } from './child.js';
import { allHandlersFinished, CancellationScope, condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { ApplyStatus, ChildState, PlanName, SkippedStep } from '../../model/status/status.js';
import type { StepId } from '../../model/steps.js';
import {
  decidedSignal,
  type ApplyPlanInput,
  type ChildResult,
  type ParkedStep,
  type PlanReference,
  type PlanSkeleton,
  type StopInput,
} from '../contract.js';
import { Aborted, Stopped } from '../failures.js';
import { createLockInWorld, type LockInWorld } from './lock-in-world.js';
import { createParkedSteps, type ParkedSteps } from './parked-steps.js';
import { applyDetails, show } from '../step/progress.js';
import { setSearchAttributes } from '../search-attributes.js';
import { createSteps, stopSteps, type Steps } from '../step/steps.js';

/** One run of a plan: its own steps, its children, and what everybody must know of each other. */
export interface Application {
  readonly input: ApplyPlanInput;
  /** The plan that the run goes by now: the approved one, or the one that was approved in its place. */
  plan: PlanSkeleton;
  readonly steps: Steps;
  readonly parked: ParkedSteps;
  readonly world: LockInWorld;
  /** Nodes that are Ready and labelled. */
  readonly readyNodes: Set<string>;
  /** By unit: digest of the objects with which its gate held in this run, or with which it was skipped. */
  readonly endedUnits: Map<string, string>;
  /** Nodes that the run goes on without. */
  readonly skippedNodes: Set<string>;
  controlPlaneReady: boolean;
  readonly nodeStates: Map<string, ChildState>;
  readonly waveStates: Map<number, ChildState>;
  readonly children: Map<string, Child>;
  /** By workflow id: in a sentence, which child cannot begin before an older run of it has ended. */
  readonly waitsForOlder: Map<string, string>;
  paused: ApplyStatus['paused'];
  /** A plan that was made anew and waits for its approval. */
  amended: PlanSkeleton | undefined;
  stoppedBy: StopInput | undefined;
  /** The certificate that expires first, as the plan and then the verification saw it. */
  expiry: ApplyStatus['expiry'];
  /** Called whenever a step parks. */
  onParked: (parked: ParkedStep) => void;
  /** Begins no new step from now on; children are told by `answerLockMessages`. */
  stop(how: StopInput): void;
  /** Runs one stage, so that status and search attributes say so. */
  stage(name: ApplyStatus['stage'], act: () => Promise<unknown>): Promise<void>;
  /** Takes the result of a child into account. Throws `Stopped` or `Aborted` when the child ended by it. */
  childEnded(title: string, result: ChildResult): void;
  readonly status: () => ApplyStatus;
  readonly changes: () => number;
  /** Every step that the run goes on without, of its children too. */
  readonly skipped: () => readonly SkippedStep[];
  /** Brings the current details up to date. */
  show(): void;
  end(): Promise<void>;
}

/** Names a plan to activities. */
export function referenceOf({ cluster, digest, artifact }: PlanSkeleton): PlanReference {
  return { cluster, digest, artifact };
}

/** Sets a run up: steps and parking. Everything in it lives as long as the workflow. */
export function createApplication(input: ApplyPlanInput): Application {
  const { plan } = input;
  const names: StepId[] = [...plan.network.map(({ step }) => step), 'verify/cluster'];
  const children = new Map<string, Child>();
  const steps: Steps = createSteps(names, {
    tellParked: async (step) => {
      parked.add(step);
    },
    // a step of the lock itself reads the plan of the run each time
    amend: () => undefined,
    changed: () => {
      application.show();
    },
  });
  const world = createLockInWorld({
    input,
    stopping: () => steps.stopping,
    lost: (reason) => {
      application.stop({ reason });
    },
  });
  const parked = createParkedSteps({
    nodes: plan.nodes,
    children,
    confirm: () => world.confirm(),
    decideHere: (decision) => {
      steps.decisions.set(decision.parkId, decision);
      if (decision.action === 'abort') application.stop({ now: true, by: decision.by, reason: decision.reason });
    },
    decideElsewhere: async (workflowId, decision) => {
      if (decision.action === 'abort') application.stop({ now: true, by: decision.by, reason: decision.reason });
      // it may have ended meanwhile: what parked is begun again by this run
      await getExternalWorkflowHandle(workflowId)
        .signal(decidedSignal, decision)
        .catch(() => undefined);
    },
    parked: (step) => {
      application.onParked(step);
    },
    changed: (stepIds) => {
      setSearchAttributes(input.searchAttributes, { GroundswellParkedSteps: stepIds });
      application.show();
    },
  });
  let stage: ApplyStatus['stage'] = 'network';
  let childChanges = 0;
  const childrenSkipped: SkippedStep[] = [];

  const application: Application = {
    input,
    plan,
    steps,
    parked,
    world,
    readyNodes: new Set(plan.nodes.filter(({ op }) => op === 'none').map(({ name }) => name)),
    endedUnits: new Map(),
    skippedNodes: new Set(),
    controlPlaneReady: plan.nodes.some(({ role, op }) => role === 'control-plane' && op === 'none'),
    nodeStates: new Map(plan.nodes.map(({ name, op }) => [name, op === 'none' ? 'untouched' : 'not begun'])),
    waveStates: new Map(),
    children,
    waitsForOlder: new Map(),
    paused: undefined,
    amended: undefined,
    stoppedBy: undefined,
    expiry: plan.expiry,
    onParked: () => undefined,
    stop(how) {
      application.stoppedBy = { ...application.stoppedBy, ...how };
      stopSteps(steps, how);
    },
    async stage(name, act) {
      stage = name;
      setSearchAttributes(input.searchAttributes, { GroundswellStage: name });
      application.show();
      await act();
    },
    childEnded(title, { outcome, changes, skipped }) {
      childChanges += changes;
      childrenSkipped.push(...skipped);
      if (outcome === 'done') return;
      application.stop(outcome === 'aborted' ? { now: true } : {});
      if (outcome === 'aborted') throw new Aborted(`${title} was aborted by a person`);
      throw new Stopped(`${title} stopped`);
    },
    status: () => ({
      cluster: plan.cluster,
      planDigest: application.plan.digest,
      stage,
      network: plan.network.flatMap(({ step }) => steps.statuses.get(step) ?? []),
      verify: steps.statuses.get('verify/cluster') ?? { step: 'verify/cluster', state: 'not begun' },
      nodes: [...application.nodeStates].map(([name, state]) => ({ name, state })),
      waves: [...application.waveStates].map(([wave, state]) => ({ wave, state })),
      parked: parked.list(),
      skipped: application.skipped(),
      stopping: steps.stopping,
      ...(application.paused === undefined ? {} : { paused: application.paused }),
      ...(application.waitsForOlder.size === 0 ? {} : { waitsForOlder: [...application.waitsForOlder.values()] }),
      ...(application.expiry === undefined ? {} : { expiry: application.expiry }),
      ...(application.amended === undefined ? {} : { amended: nameOf(application.amended) }),
    }),
    changes: () => steps.changes + childChanges,
    skipped: () => [...steps.skipped, ...childrenSkipped],
    show() {
      show(applyDetails(application.status(), application.changes()));
    },
    async end() {
      stage = 'ended';
      application.show();
      await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
    },
  };
  return application;
}

function nameOf({ digest, artifact, changes, moved }: PlanSkeleton): PlanName {
  return { digest, artifact, changes, ...(moved === undefined ? {} : { moved }) };
}
