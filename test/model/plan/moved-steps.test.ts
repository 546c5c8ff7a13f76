import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { movedSteps, movedText } from '../../../model/plan/moved-steps.js';
import type { Plan } from '../../../model/plan/plan.js';
import { aPlan, aRenderedUnit, aSpec, settledFacts, someFacts } from '../../builders.js';

const units = [aRenderedUnit({ name: 'redis', wave: 0 })];
const spec = aSpec({ units: units.map(({ name, wave, namespace }) => ({ name, wave, namespace, manifests: name })) });
const settled = settledFacts({ spec, units });
const nothing = someFacts();

function planned(facts: ClusterFacts): Plan {
  return aPlan({ spec, units, facts });
}

describe('the steps that moved between two plans', () => {
  it('are none between a plan and itself', () => {
    expect(movedSteps(planned(nothing), planned(nothing))).toEqual([]);
  });

  it('are not those that are done meanwhile', () => {
    expect(movedSteps(planned(nothing), planned(settled))).toEqual([]);
  });

  it('are those that are to be done again', () => {
    const bare = { ...settled, network: { subnets: settled.network.subnets } };

    expect(movedSteps(planned(settled), planned(bare))).toContain('network/vpc');
  });

  it('name the instance of a node whose instance has ended, which is to get another', () => {
    const gone = settled.instances.map((each) =>
      each.node === 'k8s-worker-1' ? { ...each, state: 'terminated' as const } : each,
    );
    const ended = { ...nothing, instances: gone };

    expect(movedSteps(planned(nothing), planned(ended))).toEqual(['node/k8s-worker-1/instance']);
  });

  it('name what the spec wants anew, and what it no longer wants', () => {
    const other = [aRenderedUnit({ name: 'postgresql', wave: 0 })];

    expect(movedSteps(planned(nothing), aPlan({ spec, units: other, facts: nothing }))).toEqual([
      'wave/0/postgresql',
      'wave/0/redis',
    ]);
  });

  it('are twenty at most', () => {
    expect(movedSteps({ ...planned(nothing), steps: [] }, planned(nothing))).toHaveLength(20);
  });
});

describe('what moved, in words', () => {
  it('names three steps', () => {
    expect(movedText(['network/vpc', 'verify/cluster', 'network/key-pair'])).toBe(
      'different from the previous plan: network/vpc, verify/cluster, network/key-pair',
    );
    expect(movedText(['network/vpc', 'verify/cluster', 'network/key-pair', 'wave/0/redis'])).toMatch(
      /network\/key-pair and more$/,
    );
  });

  it('says what else it can be when no step moved', () => {
    expect(movedText([])).toMatch(/^the account, the image or the settings differ/);
  });
});
