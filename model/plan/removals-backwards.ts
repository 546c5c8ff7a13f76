import type { PlanStep } from './plan.js';

/**
 * The steps of a plan in the order in which they are done, from their order in the stages. What is removed goes first and
 * backwards: the last stage first, and of each stage the last step; it needs what forwards needs it. All else keeps its order.
 */
export function removalsBackwards<Step extends Pick<PlanStep, 'step' | 'op' | 'needs'>>(
  steps: readonly Step[],
): readonly Step[] {
  const removals = steps.filter(({ op }) => op === 'remove').toReversed();
  const backwards = removals.map((removal) => ({
    ...removal,
    needs: removals.filter(({ needs }) => needs.includes(removal.step)).map(({ step }) => step),
  }));
  return [...backwards, ...steps.filter(({ op }) => op !== 'remove')];
}
