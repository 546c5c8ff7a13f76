import type { StepOp } from '../plan/plan.js';

/** How each word of a plan is marked. */
export const opMarks: Readonly<Record<StepOp, string>> = {
  remove: '-',
  replace: '±',
  create: '+',
  change: '~',
  none: '=',
};
