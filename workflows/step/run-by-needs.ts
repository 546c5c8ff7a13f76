import type { StepId } from '../../model/steps.js';
import { rethrowMostSevere } from './step-outcomes.js';

/** A step and the steps that must be done before it. Needs that are not among the steps count as done. */
export interface NeedingStep {
  readonly step: StepId;
  readonly needs: readonly StepId[];
}

/**
 * Runs each step as soon as everything that it needs is done; those that could begin at the same moment begin in their order.
 * What needs a step that failed does not begin. Ends when nothing runs any more, and then throws the most severe failure.
 */
export async function runByNeeds(
  steps: readonly NeedingStep[],
  run: (step: StepId) => Promise<unknown>,
): Promise<void> {
  const known = new Map(steps.map((each) => [each.step, each]));
  const ends = new Map<StepId, Promise<unknown>>();
  const end = ({ step, needs }: NeedingStep): Promise<unknown> => {
    const begun = ends.get(step) ?? afterAll(needs).then(() => run(step));
    ends.set(step, begun);
    return begun;
  };
  const afterAll = (needs: readonly StepId[]): Promise<unknown> =>
    Promise.all(needs.flatMap((need) => known.get(need) ?? []).map(end));
  rethrowMostSevere(await Promise.allSettled(steps.map(end)));
}
