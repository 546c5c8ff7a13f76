import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { type Plan } from '../../../model/plan/plan.js';
import type { StepId } from '../../../model/steps.js';
import { aPlan, settledFacts } from '../../builders.js';
import { units, spec, stepOf, settledBut, withInstances, withNode } from './settled-cluster.js';

describe('the digest of a plan', () => {
  it('moves with account, image, region, generation, unit content and prepared digests', () => {
    const facts = settledFacts({ spec, units });
    const digests = [
      aPlan({ spec, units, facts }),
      aPlan({ spec, units, facts: { ...facts, account: '210987654321' } }),
      aPlan({ spec, units, facts: { ...facts, image: { ...facts.image, id: 'ami-1' } } }),
      aPlan({ spec: { ...spec, region: 'eu-west-1' }, units, facts }),
      aPlan({ spec: { ...spec, controlPlaneEndpoint: 'other' }, units, facts }),
      aPlan({ spec, units: units.map((unit) => ({ ...unit, digest: `${unit.digest}0` })), facts }),
      aPlan({ spec, units, facts, preparedDigests: { 'k8s-master': 'x' } }),
      aPlan({ spec, units, facts: withInstances((each) => [{ ...each, generation: 2 }])(facts) }),
      aPlan({ spec, units }),
    ].map(({ digest }) => digest);

    expect(new Set(digests).size).toBe(digests.length);
  });

  it('does not move with what is merely seen: states, addresses, image names', () => {
    const facts = settledFacts({ spec, units });
    const other = withInstances((each) => [{ ...each, state: 'pending', publicAddress: '203.0.113.99' }])({
      ...facts,
      image: { ...facts.image, name: 'another name' },
    });

    expect(aPlan({ spec, units, facts: other }).digest).toBe(aPlan({ spec, units, facts }).digest);
  });

  it('moves with the identity of what was found, though the operations are the same', () => {
    const facts = settledFacts({ spec, units });
    const [one, other] = [aPlan({ spec, units, facts }), settledBut((seen) => ({ ...seen, network: withVpc(seen) }))];

    expect(other.digest).not.toBe(one.digest);
    expect(movedSteps(one, other)).toEqual(['network/vpc']);
  });

  it('does not move when a Node stops answering, which taints it', () => {
    const gone = withNode('k8s-worker-1', ({ taints }) => ({
      ready: false,
      taints: [...taints, { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }],
    }));

    expect(settledBut(gone).digest).toBe(settledBut((seen) => seen).digest);
  });

  it('is made of those of its steps: a label that somebody removed moves that step and no other', () => {
    const bare = withNode('k8s-worker-1', () => ({ labels: {} }));

    expect(
      movedSteps(
        settledBut((seen) => seen),
        settledBut(bare),
      ),
    ).toEqual(['node/k8s-worker-1/labelled']);
  });
});

function withVpc({ network }: ClusterFacts): ClusterFacts['network'] {
  return { ...network, vpcId: 'vpc-another' };
}

function movedSteps(before: Plan, after: Plan): readonly StepId[] {
  return after.steps.flatMap(({ step, digest }) => (stepOf(before, step)?.digest === digest ? [] : [step]));
}
