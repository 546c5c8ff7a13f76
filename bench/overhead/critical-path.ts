/** A step of a plan, as far as time is concerned. */
export interface NeedingStep {
  readonly step: string;
  /** Steps that must be done before this one. Every one of them stands before it in the plan. */
  readonly needs: readonly string[];
}

export interface CriticalPath {
  /** How long the plan takes when nothing is waited for but what a step needs. */
  readonly seconds: number;
  /** The steps that make it so, first to last. */
  readonly steps: readonly string[];
  /** How long it takes when one step is done after another. */
  readonly serialSeconds: number;
}

/** The longest chain of steps that need each other. Fails when a step needs one that does not stand before it. */
export function criticalPath(plan: readonly NeedingStep[], secondsOf: (step: string) => number): CriticalPath {
  const ends = new Map<string, number>();
  const before = new Map<string, string | undefined>();
  for (const { step, needs } of plan) {
    const last = latest(needs, (need) => endOf(ends, step, need));
    before.set(step, last);
    ends.set(step, (last === undefined ? 0 : endOf(ends, step, last)) + secondsOf(step));
  }
  const last = latest([...ends.keys()], (step) => endOf(ends, step, step));
  return {
    seconds: last === undefined ? 0 : endOf(ends, last, last),
    steps: last === undefined ? [] : chainTo(last, before),
    serialSeconds: plan.reduce((sum, { step }) => sum + secondsOf(step), 0),
  };
}

/** The step that ends last; of several the first. */
export function latest(steps: readonly string[], endOfStep: (step: string) => number): string | undefined {
  let found: string | undefined;
  for (const step of steps) if (found === undefined || endOfStep(step) > endOfStep(found)) found = step;
  return found;
}

/** The chain that ends with a step, first to last, by what each came after. */
export function chainTo(last: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const chain: string[] = [];
  for (let step: string | undefined = last; step !== undefined; step = before.get(step)) chain.unshift(step);
  return chain;
}

function endOf(ends: ReadonlyMap<string, number>, step: string, need: string): number {
  const end = ends.get(need);
  if (end === undefined) throw new Error(`${step} needs ${need}, which does not stand before it`);
  return end;
}
