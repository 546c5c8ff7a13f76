import { describe, expect, it } from 'vitest';
import { planDigest } from '../../../model/report/plan-digest.js';
import { rollOutReport } from '../../../model/report/roll-out-report.js';
import type { RunFacts } from '../../../model/report/run-facts.js';
import { aMessage, aRun, at } from './some-facts.js';

const reference = (digest: string) => ({ cluster: 'demo', digest, artifact: `sha256/${digest}` });

/** A run that was started with the plan `first`. */
function aLock(given: Partial<RunFacts> = {}): RunFacts {
  return aRun('cluster/demo', { input: { plan: reference('first') }, ...given });
}

describe('the plan that a report names', () => {
  it('is that of the start, while no other one was approved', () => {
    expect(planDigest(aLock())).toBe('first');
    expect(planDigest(aRun('cluster/demo'))).toBeUndefined();
  });

  it('is the amended one as soon as a person has approved it', () => {
    const updates = [
      aMessage('approve', 20, { digest: 'third', by: 'lee' }),
      aMessage('approve', 10, { digest: 'second', by: 'lee' }),
    ];

    expect(planDigest(aLock({ state: 'open', updates }))).toBe('third');
  });

  it('is the amended one where the run approves by itself, which only its children hear', () => {
    const amended = aMessage('amended', 10, { plan: reference('second'), units: [] });
    const decision = { parkId: 'redis:1', action: 'retry', reason: 'stale', by: 'approve: true' } as const;
    const decided = aMessage('decided', 20, { ...decision, amended: { plan: reference('third') } });
    const answered = aMessage('decided', 30, decision);

    expect(planDigest(aLock({ sent: [amended] }))).toBe('second');
    expect(planDigest(aLock({ sent: [amended, decided, answered] }))).toBe('third');
  });

  it('is what the run itself says at its end', () => {
    expect(planDigest(aLock({ result: { outcome: 'done', planDigest: 'second' } }))).toBe('second');
  });

  it('is in the report', () => {
    const lock = aLock({ updates: [aMessage('approve', 10, { digest: 'second', by: 'lee' })] });

    expect(rollOutReport({ lock, children: [], readAtMs: at(500) }).planDigest).toBe('second');
  });
});
