import { describe, expect, it } from 'vitest';
import { insideByPart, measuredPath } from '../../../bench/overhead/measured-path.js';
import { stepTimes } from '../../../bench/overhead/step-times.js';
import type { ActivityName } from '../../../model/names/activity-names.js';
import { aHistory } from '../histories.js';

const startedMs = 1_000_000;
const plan = [
  { step: 'node/a/instance', needs: [] },
  { step: 'node/b/instance', needs: [] },
  { step: 'wave/0/app', needs: ['node/a/instance', 'node/b/instance'] },
  { step: 'verify/cluster', needs: ['wave/0/app'] },
];
const at = (seconds: number): number => startedMs + seconds * 1_000;
const activity = (
  name: ActivityName,
  input: unknown,
  [scheduled, started, completed]: readonly [number, number, number],
) => ({
  activity: name,
  input,
  scheduledMs: at(scheduled),
  startedMs: at(started),
  completedMs: at(completed),
});
const app = { unit: { name: 'app', wave: 0 } };
const times = stepTimes([
  aHistory([activity('ensureInstance', { node: { name: 'a' } }, [1, 1, 4])]),
  aHistory([activity('ensureInstance', { node: { name: 'b' } }, [1, 2, 9])]),
  aHistory([activity('applyUnit', app, [10, 11, 12]), activity('waitForUnit', app, [13, 13, 17])]),
  aHistory([activity('verifyCluster', {}, [17, 17, 18]), activity('confirmPlan', {}, [0, 0, 99])]),
]);
const seconds: Readonly<Record<string, number>> = { 'node/b/instance': 5, 'wave/0/app': 3 };

describe('stepTimes', () => {
  it('joins the activities of one step and passes over what belongs to none', () => {
    expect([...times.keys()]).toEqual(plan.map(({ step }) => step));
    expect(times.get('wave/0/app')).toEqual({ scheduledMs: at(10), queuedMs: 1_000, endedMs: at(17) });
  });
});

describe('measuredPath', () => {
  const path = measuredPath({ plan, times, startedMs, secondsOf: (step) => seconds[step] ?? 0 });

  it('goes back from the last end by whatever was waited for', () => {
    expect(path).toEqual([
      { step: 'node/b/instance', between: 1, queued: 1, inside: 2, simulated: 5 },
      { step: 'wave/0/app', between: 1, queued: 1, inside: 3, simulated: 3 },
      { step: 'verify/cluster', between: 0, queued: 0, inside: 1, simulated: 0 },
    ]);
  });

  it('leaves no second out', () => {
    const sum = path.reduce(
      (all, { between, queued, inside, simulated }) => all + between + queued + inside + simulated,
      0,
    );

    expect(sum).toBe(18);
  });

  it('passes over steps that did not run', () => {
    const all = [{ step: 'network/vpc', needs: [] }, ...plan].map((step) =>
      step.step === 'node/b/instance' ? { ...step, needs: ['network/vpc'] } : step,
    );

    expect(measuredPath({ plan: all, times, startedMs, secondsOf: () => 0 })).toHaveLength(3);
  });
});

describe('insideByPart', () => {
  it('adds up what steps of one kind take beside the simulated time', () => {
    const path = measuredPath({ plan, times, startedMs, secondsOf: (step) => seconds[step] ?? 0 });

    expect([...insideByPart(path)]).toEqual([
      ['instance', 2],
      ['waves', 3],
      ['verify', 1],
    ]);
  });
});
