import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { removalsBackwards } from '../../../model/plan/removals-backwards.js';
import { stepOps } from '../../../model/plan/plan.js';
import { aPlan, aRenderedUnit, aSpec } from '../../builders.js';

const plan = aPlan({
  spec: aSpec(),
  units: [aRenderedUnit({ name: 'redis' }), aRenderedUnit({ name: 'api', wave: 1 })],
});

describe('orderSteps', () => {
  it('leaves the order of a plan that removes nothing as it is', () => {
    expect(removalsBackwards(plan.steps)).toEqual(plan.steps);
  });

  it('removes backwards: what is used goes after everything that uses it', () => {
    const ordered = removalsBackwards(plan.steps.map((step) => ({ ...step, op: 'remove' as const })));

    expect(ordered.map(({ step }) => step)).toEqual(plan.steps.map(({ step }) => step).toReversed());
    expect(ordered.find(({ step }) => step === 'wave/0/redis')?.needs).toEqual(['wave/1/api']);
    expect(ordered.find(({ step }) => step === 'network/internet-gateway')?.needs).toEqual(['network/route-table']);
  });

  it('puts removals before everything else, and lets each need only removals before it', () => {
    const ops = fc.array(fc.constantFrom(...stepOps), { minLength: plan.steps.length, maxLength: plan.steps.length });
    fc.assert(
      fc.property(ops, (drawn) => {
        const ordered = removalsBackwards(plan.steps.map((step, index) => ({ ...step, op: drawn[index] ?? 'none' })));
        const removals = ordered.filter(({ op }) => op === 'remove');

        expect(ordered.slice(0, removals.length)).toEqual(removals);
        for (const [index, { needs }] of removals.entries()) {
          expect(removals.slice(0, index).map(({ step }) => step)).toEqual(expect.arrayContaining([...needs]));
        }
      }),
    );
  });
});
