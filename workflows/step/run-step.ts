import { CancellationScope, condition, isCancellation, workflowInfo } from '@temporalio/workflow';
import { fitBytes } from '../../model/show/fit-bytes.js';
import type { StepStatus } from '../../model/status/status.js';
import type { StepId } from '../../model/steps.js';
import type { Decision } from '../../model/messages.js';
import { createFailureBudget, pauseBeforeRetry, type CountedFailure } from './failure-budget.js';
import { failureOf } from '../failures.js';
import { Aborted, Replaced, Skipped, Stopped } from './step-outcomes.js';
import { setStepStatus, type Steps } from './steps.js';

const longestMessageBytes = 1_500;
/** Of what a step failed with before, while it is tried again. */
const longestTriedBytes = 300;

/**
 * Runs one step to its end: retries its own failures as often as the failure table allows, then parks it until a person
 * decides. Worker shutdowns, lost heartbeats and time-outs of a dead worker are retried by the server and not counted.
 * Begins nothing while the run is paused.
 *
 * Throws `Stopped` when somebody asked to stop before it began or while it was let go, and what a person answered:
 * `Aborted`, `Skipped`, `Replaced`.
 */
export async function runStep<Result extends { readonly changed: boolean }>(
  steps: Steps,
  step: StepId,
  act: () => Promise<Result>,
): Promise<Result> {
  const budget = createFailureBudget();
  let failedTries: Pick<StepStatus, 'failedTries'> = {};
  for (;;) {
    await untilAllowed(steps, step);
    setStepStatus(steps, { step, state: 'running', ...failedTries });
    try {
      const result = await letGoWith(steps, act);
      if (result.changed) steps.changes += 1;
      setStepStatus(steps, { step, state: 'done', changed: result.changed });
      return result;
    } catch (error) {
      if (isCancellation(error)) throw markReleased(steps, step);
      const counted = budget.count(failureOf(error));
      const message = fitBytes(counted.failure.message, longestTriedBytes);
      failedTries = { failedTries: { count: counted.count, message } };
      if (counted.spent) {
        applyDecision(steps, step, await park(steps, step, counted));
        budget.renew();
      } else {
        setStepStatus(steps, { step, state: 'retrying', note: `tries again: ${counted.failure.message}` });
        await pauseBeforeRetry(counted, () => steps.stopping, step);
      }
    }
  }
}

async function untilAllowed(steps: Steps, step: StepId): Promise<void> {
  if (steps.paused && !steps.stopping) {
    setStepStatus(steps, { step, state: 'waiting', note: 'the run is paused' });
    await CancellationScope.nonCancellable(() => condition(() => !steps.paused || steps.stopping));
  }
  if (!steps.stopping) return;
  setStepStatus(steps, { step, state: 'not begun' });
  throw new Stopped(`stopped before ${step}`);
}

/** Cancelling the workflow does not reach what runs; letting go does, and waits until it has ended. */
function letGoWith<Result>(steps: Steps, act: () => Promise<Result>): Promise<Result> {
  return CancellationScope.nonCancellable(async () => {
    const scope = new CancellationScope();
    steps.running.add(scope);
    try {
      return await scope.run(act);
    } finally {
      steps.running.delete(scope);
    }
  });
}

function markReleased(steps: Steps, step: StepId): Stopped {
  setStepStatus(steps, {
    step,
    state: 'stopped',
    note: 'cancelled while it ran; the next run finds the existing parts',
  });
  return new Stopped(`${step} was cancelled while it ran`);
}

/** Waits for what a person decides; `undefined` when the run is stopped instead. */
async function park(steps: Steps, step: StepId, { failure, count }: CountedFailure): Promise<Decision | undefined> {
  const { workflowId, firstExecutionRunId } = workflowInfo();
  steps.parkings += 1;
  // the same in a run that takes the place of this one, because somebody reset it
  const parkId = `${firstExecutionRunId}:${steps.parkings}`;
  // an answer that was there before belongs to what was reset
  steps.decisions.delete(parkId);
  const { type, message, log } = failure;
  // a command in it can be typed as it stands
  const advice = failure.advice.replaceAll('<step>', step);
  // the status of a thousand parked steps has to fit into one message of 4 MB
  const short = fitBytes(message, longestMessageBytes);
  const stepFailure = { type, message: short, advice, attempts: count, ...(log === undefined ? {} : { log }) };
  const since = new Date().toISOString();
  setStepStatus(steps, { step, state: 'parked', parkId, since, failure: stepFailure });
  await CancellationScope.nonCancellable(async () => {
    await steps.tellParked({ step, parkId, failure: stepFailure, workflowId, since });
    await condition(() => steps.decisions.has(parkId) || steps.stopping);
  });
  return steps.decisions.get(parkId);
}

/** Returns when the step is to be tried again. */
function applyDecision(steps: Steps, step: StepId, decision: Decision | undefined): void {
  if (decision === undefined) throw new Stopped(`stopped while ${step} was parked`);
  const { action, reason, by } = decision;
  switch (action) {
    case 'retry':
      if (decision.amended !== undefined) steps.amend(decision.amended);
      return;
    case 'skip':
      setStepStatus(steps, { step, state: 'skipped', note: `${by}: ${reason}` });
      steps.skipped.push({ step, reason, by });
      throw new Skipped(`${step} was skipped by ${by}: ${reason}`);
    case 'replace':
      throw new Replaced(`${step} gets a new host, as ${by} answered: ${reason}`, decision.confirm);
    case 'abort':
      throw new Aborted(`${step} was aborted by ${by}: ${reason}`);
  }
}
