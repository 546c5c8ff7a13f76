import { CancellationScope, condition, workflowInfo } from '@temporalio/workflow';
import { attemptsAllowed } from '../model/failures.js';
import type { StepStatus } from '../model/status.js';
import type { StepId } from '../model/steps.js';
import { pauseBeforeRetryMs } from './activity-options.js';
import type { Decision, ParkedStep } from './contract.js';
import { Aborted, failureOf, Stopped, type Failure } from './failures.js';

/** What the steps of one workflow share. */
export interface Steps {
  /** Every step of this workflow, in order. */
  readonly statuses: Map<StepId, StepStatus>;
  /** Set by `stop` and by Temporal's Cancel: no new step begins. */
  stopping: boolean;
  /** Answers of people, by parkId. */
  readonly decisions: Map<string, Decision['action']>;
  /** Effects so far: how many steps changed the world. */
  changes: number;
  parkings: number;
  /** Tells the lock that a step waits for a person. */
  readonly tellParked: (parked: ParkedStep) => Promise<void>;
  /** Called after every change of a status. */
  readonly changed: (steps: Steps) => void;
}

/** The steps of a workflow, none begun. Cancelling the workflow sets `stopping`, and ends nothing that runs. */
export function createSteps(names: readonly StepId[], callbacks: Pick<Steps, 'tellParked' | 'changed'>): Steps {
  const steps: Steps = {
    statuses: new Map(names.map((step) => [step, { step, state: 'not begun' }])),
    stopping: false,
    decisions: new Map(),
    changes: 0,
    parkings: 0,
    ...callbacks,
  };
  void CancellationScope.current().cancelRequested.catch(() => {
    steps.stopping = true;
  });
  return steps;
}

/** Records where a step is. */
export function mark(steps: Steps, status: StepStatus): void {
  steps.statuses.set(status.step, status);
  steps.changed(steps);
}

/**
 * Runs one step to its end: retries its own failures as often as the failure table allows, then parks it until a person
 * decides. Worker shutdowns, lost heartbeats and time-outs of a dead worker are retried by the server and not counted.
 *
 * Throws `Stopped` instead of beginning when somebody asked to stop, and `Aborted` when a person answered abort.
 */
export async function runStep<Result extends { readonly changed: boolean }>(
  steps: Steps,
  step: StepId,
  act: () => Promise<Result>,
): Promise<Result> {
  const failures = new Map<string, number>();
  for (;;) {
    if (steps.stopping) throw new Stopped(`stopped before ${step}`);
    mark(steps, { step, state: 'running' });
    try {
      const result = await CancellationScope.nonCancellable(act);
      if (result.changed) steps.changes += 1;
      mark(steps, { step, state: 'done', changed: result.changed });
      return result;
    } catch (error) {
      const failure = failureOf(error);
      const count = (failures.get(failure.type) ?? 0) + 1;
      failures.set(failure.type, count);
      if (count < attemptsAllowed(failure.type)) await pause(steps, step, { failure, count });
      else {
        await park(steps, step, { failure, count });
        failures.clear();
      }
    }
  }
}

interface Attempt {
  readonly failure: Failure;
  readonly count: number;
}

async function pause(steps: Steps, step: StepId, { failure, count }: Attempt): Promise<void> {
  const pauseMs = failure.retryAfterMs ?? pauseBeforeRetryMs(count);
  mark(steps, { step, state: 'waiting', note: `tries again: ${failure.message}` });
  await CancellationScope.nonCancellable(() =>
    condition(() => steps.stopping, pauseMs, { summary: `${step}: tries again after ${failure.type}` }),
  );
}

async function park(steps: Steps, step: StepId, { failure, count }: Attempt): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  steps.parkings += 1;
  const parkId = `${runId}:${steps.parkings}`;
  const { type, message, advice } = failure;
  const stepFailure = { type, message, advice, attempts: count };
  mark(steps, { step, state: 'parked', parkId, failure: stepFailure });
  await CancellationScope.nonCancellable(async () => {
    await steps.tellParked({ step, parkId, failure: stepFailure, workflowId, since: new Date().toISOString() });
    await condition(() => steps.decisions.has(parkId) || steps.stopping);
  });
  if (steps.decisions.get(parkId) === 'retry') return;
  if (steps.decisions.get(parkId) === 'abort') throw new Aborted(`${step} was aborted`);
  throw new Stopped(`stopped while ${step} was parked`);
}
