import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setHandler,
  type ChildWorkflowHandle,
  type Workflow,
} from '@temporalio/workflow';
import type { ApplyStatus } from '../model/status.js';
import type { StepId } from '../model/steps.js';
import { stopSignal, type ApplyPlanInput, type ChildResult, type PlanReference } from './contract.js';
import { Aborted, Stopped } from './failures.js';
import { createParkedSteps } from './parked-steps.js';
import { applyDetails, show } from './progress.js';
import { createSteps, type Steps } from './run-step.js';
import { setSearchAttributes } from './search-attributes.js';

/** A child that was started. */
export type Child = Pick<ChildWorkflowHandle<Workflow>, 'signal'> & { readonly result: () => Promise<ChildResult> };
type ChildState = ApplyStatus['nodes'][number]['state'];

/** One run of a plan: its own steps, its children, and what everybody must know of each other. */
export interface Application {
  readonly input: ApplyPlanInput;
  readonly plan: PlanReference;
  readonly steps: Steps;
  /** Nodes that are Ready and labelled. */
  readonly readyNodes: Set<string>;
  controlPlaneReady: boolean;
  readonly nodeStates: Map<string, ChildState>;
  readonly waveStates: Map<number, ChildState>;
  readonly children: Map<string, Child>;
  /** Runs one stage, so that status and search attributes say so. */
  stage(name: ApplyStatus['stage'], act: () => Promise<unknown>): Promise<void>;
  /** Takes the result of a child into account. Throws `Stopped` or `Aborted` when the child ended by it. */
  childEnded(title: string, result: ChildResult): void;
  readonly status: () => ApplyStatus;
  readonly changes: () => number;
  /** Brings the current details up to date. */
  show(): void;
  end(): Promise<void>;
}

/** Sets a run up: steps, parking, stop. Everything in it lives as long as the workflow. */
export function createApplication(input: ApplyPlanInput): Application {
  const { plan } = input;
  const reference = { cluster: plan.cluster, digest: plan.digest, artifact: plan.artifact };
  const names: StepId[] = [...plan.network.map(({ step }) => step), 'verify/cluster'];
  const children = new Map<string, Child>();
  const parked = createParkedSteps({
    children,
    decideHere: (parkId, action) => steps.decisions.set(parkId, action),
    changed: (stepIds) => {
      setSearchAttributes(input.searchAttributes, { GroundswellParkedSteps: stepIds });
      application.show();
    },
  });
  const steps: Steps = createSteps(names, {
    tellParked: async (step) => {
      parked.add(step);
    },
    changed: () => {
      application.show();
    },
  });
  let stage: ApplyStatus['stage'] = 'network';
  let childChanges = 0;

  // a signal that is sent in a cancelled scope is not sent, and Cancel means stop
  void CancellationScope.nonCancellable(async () => {
    await condition(() => steps.stopping);
    await stopChildren();
  });
  setHandler(
    stopSignal,
    () => {
      steps.stopping = true;
      application.show();
    },
    { description: 'begins no new step, lets running ones finish' },
  );

  async function stopChildren(): Promise<void> {
    await Promise.allSettled([...children.values()].map((child) => child.signal(stopSignal)));
  }

  const application: Application = {
    input,
    plan: reference,
    steps,
    readyNodes: new Set(plan.nodes.filter(({ op }) => op === 'none').map(({ name }) => name)),
    controlPlaneReady: plan.nodes.some(({ role, op }) => role === 'control-plane' && op === 'none'),
    nodeStates: new Map(plan.nodes.map(({ name, op }) => [name, op === 'none' ? 'untouched' : 'not begun'])),
    waveStates: new Map(),
    children,
    async stage(name, act) {
      stage = name;
      setSearchAttributes(input.searchAttributes, { GroundswellStage: name });
      application.show();
      await act();
    },
    childEnded(title, { outcome, changes }) {
      childChanges += changes;
      if (outcome === 'done') return;
      steps.stopping = true;
      if (outcome === 'aborted') throw new Aborted(`${title} was aborted by a person`);
      throw new Stopped(`${title} stopped`);
    },
    status: () => ({
      cluster: plan.cluster,
      planDigest: plan.digest,
      stage,
      network: plan.network.flatMap(({ step }) => steps.statuses.get(step) ?? []),
      verify: steps.statuses.get('verify/cluster') ?? { step: 'verify/cluster', state: 'not begun' },
      nodes: [...application.nodeStates].map(([name, state]) => ({ name, state })),
      waves: [...application.waveStates].map(([wave, state]) => ({ wave, state })),
      parked: parked.list(),
      stopping: steps.stopping,
    }),
    changes: () => steps.changes + childChanges,
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
