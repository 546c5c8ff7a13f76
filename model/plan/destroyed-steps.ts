import { parseStep } from '../names/parse-step.js';
import type { ClusterSpec } from '../spec/spec.js';
import type { StepId } from '../steps.js';
import type { PlanStep } from './plan.js';

type Destruction = ClusterSpec['unapproved'][number];

/**
 * The steps that end something that lives, and that `approval: none` does not cover. They end a host that another one
 * replaces, or the host of a node or the objects of a unit that left the spec. A host that is gone already does not count.
 */
export function destroyedSteps(
  { unapproved }: Pick<ClusterSpec, 'unapproved'>,
  steps: readonly Pick<PlanStep, 'step' | 'op'>[],
): readonly StepId[] {
  return steps.flatMap(({ step, op }) => {
    const kind = destructionOf(step, op);
    return kind === undefined || unapproved.includes(kind) ? [] : [step];
  });
}

function destructionOf(step: StepId, op: PlanStep['op']): Destruction | undefined {
  const parsed = parseStep(step);
  if (parsed?.stage === 'removals') return op === 'remove' ? 'remove-unit' : undefined;
  if (parsed?.stage !== 'nodes' || parsed.part !== 'fenced') return undefined;
  if (op === 'replace') return 'replace-node';
  return op === 'remove' ? 'remove-node' : undefined;
}
