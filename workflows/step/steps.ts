import { CancellationScope } from '@temporalio/workflow';
import type { SkippedStep, StepStatus } from '../../model/status/status.js';
import type { StepId } from '../../model/steps.js';
import type { Amendment, Decision, ParkedStep } from '../../model/messages.js';

/** The shared state of the steps of one workflow. */
export interface Steps {
  /** Every step of this workflow, in order. */
  readonly statuses: Map<StepId, StepStatus>;
  /** Set by `stop` and by Temporal's Cancel: no new step begins. */
  stopping: boolean;
  /** Between `pause` and `resume`: no new step begins. */
  paused: boolean;
  /** Answers of people, by parkId. */
  readonly decisions: Map<string, Decision>;
  /** Scopes of the activities that run. */
  readonly running: Set<CancellationScope>;
  /** The steps that people skipped, and the steps left out with them. */
  readonly skipped: SkippedStep[];
  /** Effects so far: how many steps changed the world. */
  changes: number;
  parkings: number;
  /** Tells the lock that a step waits for a person. */
  readonly tellParked: (parked: ParkedStep) => Promise<void>;
  /** Goes on by another plan: with the step that parked, or, where this throws `Amended`, with the first one. */
  readonly amend: (amendment: Amendment) => void;
  /** Called after every change of a status. */
  readonly changed: (steps: Steps) => void;
}

/** The steps of a workflow, none begun. Cancelling the workflow sets `stopping`, and ends nothing that runs. */
export function createSteps(
  names: readonly StepId[],
  callbacks: Pick<Steps, 'tellParked' | 'amend' | 'changed'>,
): Steps {
  const steps: Steps = {
    statuses: new Map(names.map((step) => [step, { step, state: 'not begun' }])),
    stopping: false,
    paused: false,
    decisions: new Map(),
    running: new Set(),
    skipped: [],
    changes: 0,
    parkings: 0,
    ...callbacks,
  };
  void CancellationScope.current().cancelRequested.catch(() => {
    steps.stopping = true;
  });
  return steps;
}

/** Begins no new step from now on; with `now`, running steps are cancelled too. */
export function stopSteps(steps: Steps, { now = false }: { readonly now?: boolean }): void {
  steps.stopping = true;
  if (now) for (const scope of steps.running) scope.cancel();
  steps.changed(steps);
}

/** Records where a step is. */
export function setStepStatus(steps: Steps, status: StepStatus): void {
  steps.statuses.set(status.step, status);
  steps.changed(steps);
}
