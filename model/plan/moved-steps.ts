import type { Plan, PlanStep } from './plan.js';
import type { StepId } from '../steps.js';

const mostSteps = 20;

/**
 * The steps of a plan that differ from an earlier plan of the cluster, at most 20. They are new steps, steps to do
 * again, and steps that now want or found something else. A step that is done meanwhile has not moved.
 */
export function movedSteps(before: Plan, after: Plan): readonly StepId[] {
  const earlier = new Map(before.steps.map((step) => [step.step, step]));
  const moved = after.steps.filter((step) => hasMoved(earlier.get(step.step), step)).map(({ step }) => step);
  const later = new Set(after.steps.map(({ step }) => step));
  const gone = before.steps.map(({ step }) => step).filter((step) => !later.has(step));
  return [...moved, ...gone].slice(0, mostSteps);
}

function hasMoved(before: PlanStep | undefined, { op, digest }: PlanStep): boolean {
  if (before === undefined) return true;
  return before.digest !== digest && !(before.op !== 'none' && op === 'none');
}

const mostNamed = 3;

/** Those steps in one clause, as many as a line has room for: `different from the previous plan: node/k8s-db/instance`. */
export function movedText(moved: readonly StepId[]): string {
  if (moved.length === 0)
    return 'the account, the image or the settings differ from the previous plan, or some of its steps are done';
  return `different from the previous plan: ${moved.slice(0, mostNamed).join(', ')}${moved.length > mostNamed ? ' and more' : ''}`;
}

/** The same behind a comma, to end a sentence with; nothing for a plan that takes the place of no other. */
export function movedClause(moved: readonly StepId[] | undefined): string {
  return moved === undefined ? '' : `, ${movedText(moved)}`;
}
