import { describe, expect, it } from 'vitest';
import type { StepId } from '../../../model/steps.js';
import { Aborted } from '../../../workflows/step/step-outcomes.js';
import { runByNeeds, type NeedingStep } from '../../../workflows/step/run-by-needs.js';

const steps: readonly NeedingStep[] = [
  { step: 'network/vpc', needs: [] },
  { step: 'network/subnet-a', needs: ['network/vpc'] },
  { step: 'network/internet-gateway', needs: ['network/vpc'] },
  { step: 'network/route-table', needs: ['network/internet-gateway', 'network/subnet-a'] },
  { step: 'network/key-pair', needs: [] },
];

/** Steps that end when the test says so. */
function heldSteps() {
  const begun: StepId[] = [];
  const open = new Map<StepId, PromiseWithResolvers<undefined>>();
  return {
    begun,
    run: (step: StepId): Promise<undefined> => {
      begun.push(step);
      const held = Promise.withResolvers<undefined>();
      open.set(step, held);
      return held.promise;
    },
    end: async (step: StepId, failure?: Error): Promise<void> => {
      if (failure === undefined) open.get(step)?.resolve(undefined);
      else open.get(step)?.reject(failure);
      await everythingThatCan();
    },
  };
}

/** Lets every promise that is settled be heard of. */
function everythingThatCan(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

describe('runByNeeds', () => {
  it('begins a step when what it needs is done, though something that it does not need still runs', async () => {
    const { begun, run, end } = heldSteps();
    const all = runByNeeds(steps, run);
    await everythingThatCan();
    expect(begun).toEqual(['network/vpc', 'network/key-pair']);

    await end('network/vpc');
    expect(begun.slice(2)).toEqual(['network/subnet-a', 'network/internet-gateway']);
    await end('network/internet-gateway');
    expect(begun).toHaveLength(4);
    await end('network/subnet-a');
    expect(begun.slice(4)).toEqual(['network/route-table']);

    await end('network/route-table');
    await end('network/key-pair');
    await expect(all).resolves.toBeUndefined();
  });

  it('begins nothing that needs a step that failed, lets the others end, and then fails by the worst', async () => {
    const { begun, run, end } = heldSteps();
    const all = runByNeeds(steps, run);
    const seen = expect(all).rejects.toThrow('aborted by kim');
    await everythingThatCan();
    await end('network/vpc', new Error('no VPC'));
    await end('network/key-pair', new Aborted('aborted by kim'));

    await seen;
    expect(begun).toEqual(['network/vpc', 'network/key-pair']);
  });

  it('begins at the same moment what needs the same, whatever the order of the list', async () => {
    const begun: StepId[] = [];
    await runByNeeds(steps.toReversed(), async (step) => begun.push(step));

    expect(begun).toEqual([
      'network/key-pair',
      'network/vpc',
      'network/internet-gateway',
      'network/subnet-a',
      'network/route-table',
    ]);
  });

  it('takes what is not among the steps as done', async () => {
    const begun: StepId[] = [];
    await runByNeeds([{ step: 'network/route-table', needs: ['network/vpc'] }], async (step) => begun.push(step));

    expect(begun).toEqual(['network/route-table']);
  });
});
