import { CancellationScope, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import type { StepId } from '../model/steps.js';
import { decidedSignal, parkedSignal, stopSignal, type ChildResult } from './contract.js';
import { Aborted, Stopped } from './failures.js';
import { show, stepsDetails } from './progress.js';
import { createSteps, type Steps } from './run-step.js';

export interface ChildSteps {
  /** Of the current details: `node k8s-redis`. */
  readonly title: string;
  readonly cluster: string;
  readonly names: readonly StepId[];
  readonly parent: { readonly workflowId: string; readonly runId: string };
}

/** The steps of a child workflow: parked ones are told to the lock, which answers by signal. */
export function createChildSteps({ title, cluster, names, parent }: ChildSteps): Steps {
  const steps = createSteps(names, {
    tellParked: (parked) => getExternalWorkflowHandle(parent.workflowId, parent.runId).signal(parkedSignal, parked),
    changed: ({ statuses }) => {
      show(stepsDetails(title, statuses.values(), cluster));
    },
  });
  setHandler(decidedSignal, ({ parkId, action }) => {
    steps.decisions.set(parkId, action);
  });
  setHandler(stopSignal, () => {
    steps.stopping = true;
  });
  return steps;
}

/** Runs the body of a child and turns stop and abort into its result. Cancel means stop: it interrupts nothing that runs. */
export async function childResult(steps: Steps, body: () => Promise<void>): Promise<ChildResult> {
  try {
    await CancellationScope.nonCancellable(body);
    return { outcome: 'done', changes: steps.changes };
  } catch (error) {
    if (error instanceof Stopped) return { outcome: 'stopped', changes: steps.changes };
    if (error instanceof Aborted) return { outcome: 'aborted', changes: steps.changes };
    throw error;
  }
}
