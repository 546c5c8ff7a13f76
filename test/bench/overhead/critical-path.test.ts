import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../../bench/overhead/critical-path.js';
import { simulatedSeconds, scale, seedParts } from '../../../bench/overhead/seed-durations.js';
import { aDeployment, aPlan, aRenderedUnit, aSpec } from '../../builders.js';

const seconds: Readonly<Record<string, number>> = { a: 1, b: 5, c: 2, d: 3 };

describe('criticalPath', () => {
  it('is the longest chain of steps that need each other, beside the sum of all', () => {
    const plan = [
      { step: 'a', needs: [] },
      { step: 'b', needs: ['a'] },
      { step: 'c', needs: ['a'] },
      { step: 'd', needs: ['b', 'c'] },
    ];

    expect(criticalPath(plan, (step) => seconds[step] ?? 0)).toEqual({
      seconds: 9,
      steps: ['a', 'b', 'd'],
      serialSeconds: 11,
    });
  });

  it('ends where the last step ends, not at the last one of the plan', () => {
    const plan = [
      { step: 'b', needs: [] },
      { step: 'a', needs: [] },
    ];

    expect(criticalPath(plan, (step) => seconds[step] ?? 0)).toMatchObject({ seconds: 5, steps: ['b'] });
  });

  it('takes no time without steps, and refuses a step whose need comes later', () => {
    expect(criticalPath([], () => 1)).toEqual({ seconds: 0, steps: [], serialSeconds: 0 });
    expect(() => criticalPath([{ step: 'b', needs: ['a'] }], () => 1)).toThrow('b needs a, which does not stand');
  });

  it('of a plan in which everything is made goes by the control plane, a worker and each wave once', () => {
    const units = [0, 1, 2, 3, 4, 10].map((wave) =>
      aRenderedUnit({
        name: `unit-${wave}`,
        wave,
        objects: [aDeployment('app', { nodeSelector: { workload: 'k8s-worker-1' } })],
      }),
    );
    const { steps } = aPlan({ spec: aSpec({ workers: 3 }), units });

    const path = criticalPath(steps, simulatedSeconds);

    expect(path.seconds).toBe((scale * seedParts.reduce((sum, { minutes }) => sum + minutes, 0)) / 60);
    expect(path.steps.filter((step) => step.startsWith('wave/'))).toHaveLength(6);
    expect(path.steps).toContain('node/k8s-master/init');
    expect(path.steps).toContain('node/k8s-worker-1/join');
    expect(path.serialSeconds).toBe(8 + 2 + 10 + 4 + 2 + 2 + 3 * (8 + 2 + 10 + 4 + 2) + 6);
  });
});
