import {
  CancellationScope,
  getExternalWorkflowHandle,
  setHandler,
  type ExternalWorkflowHandle,
} from '@temporalio/workflow';
import type { StepId } from '../../model/steps.js';
import { decidedSignal, parkedSignal, pausedSignal, stopSignal } from '../contract/messages.js';
import type { ChildResult } from '../contract/inputs.js';
import { Aborted, Stopped } from './step-outcomes.js';
import { showDetails, stepsDetails } from './progress.js';
import { createSteps, stopSteps, type Steps } from './steps.js';

export interface ChildSteps {
  /** Of the current details: `node k8s-redis`. */
  readonly title: string;
  readonly cluster: string;
  readonly names: readonly StepId[];
  readonly parent: { readonly workflowId: string; readonly runId: string };
  readonly paused: boolean;
  /** Goes on by another plan. */
  readonly amend: Steps['amend'];
}

/** The steps of a child workflow: parked ones are told to the lock, which answers by signal. */
export function createChildSteps({ title, cluster, names, parent, paused, amend }: ChildSteps): Steps {
  const steps = createSteps(names, {
    tellParked: (parked) => tellLock(parent, (lock) => lock.signal(parkedSignal, parked)),
    amend,
    changed: ({ statuses }) => {
      showDetails(stepsDetails(title, statuses.values(), cluster));
    },
  });
  steps.paused = paused;
  setHandler(decidedSignal, (decision) => {
    steps.decisions.set(decision.parkId, decision);
    if (decision.action === 'abort') stopSteps(steps, { now: true });
  });
  setHandler(pausedSignal, (now) => {
    steps.paused = now.paused;
  });
  setHandler(stopSignal, (how) => {
    stopSteps(steps, how ?? {});
  });
  return steps;
}

/**
 * Sends something to the run that started a child; where that was reset, to the one that took its place and its id. Where
 * none is open nobody could answer: throws `Stopped`, and the next run begins what is left.
 */
export async function tellLock(
  { workflowId, runId }: ChildSteps['parent'],
  tell: (lock: ExternalWorkflowHandle) => Promise<void>,
): Promise<void> {
  try {
    await tell(getExternalWorkflowHandle(workflowId, runId)).catch(() => tell(getExternalWorkflowHandle(workflowId)));
  } catch {
    throw new Stopped(`${workflowId}: has ended, so nobody can answer`);
  }
}

/** Runs the body of a child and turns stop and abort into its result. Cancel means stop: it interrupts nothing that runs. */
export async function childResult(steps: Steps, body: () => Promise<void>): Promise<ChildResult> {
  const result = (outcome: ChildResult['outcome']): ChildResult => ({
    outcome,
    changes: steps.changes,
    skipped: steps.skipped,
  });
  try {
    await CancellationScope.nonCancellable(body);
    return result('done');
  } catch (error) {
    if (error instanceof Stopped) return result('stopped');
    if (error instanceof Aborted) return result('aborted');
    throw error;
  }
}
