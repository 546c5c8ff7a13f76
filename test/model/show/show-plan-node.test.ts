import { describe, expect, it } from 'vitest';
import { showPlan } from '../../../model/show/show-plan.js';
import { aNode, aPlan, aSpec, settledFacts } from '../../builders.js';

const labels = {
  tier: 'worker',
  phase: '4',
  workload: 'worker-storage',
  'worker-type': 'io-bound',
  'pool-type': 'eventlet',
  domain: 'scan',
};
const storage = aNode({
  name: 'k8s-storage',
  instanceTypes: ['t3.small', 't3a.small'],
  zones: ['ap-northeast-2b', 'ap-northeast-2a'],
  diskGiB: 50,
  labels,
  taints: [
    { key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' },
    { key: 'owner', value: 'data', effect: 'NoExecute' },
  ],
});
const base = aSpec({ workers: 0 });
const spec = {
  ...base,
  nodes: [...base.nodes, storage],
  network: {
    ...base.network,
    subnets: [...base.network.subnets, { zone: 'ap-northeast-2b', cidr: '10.20.16.0/20' }],
  },
};

describe('withMachines', () => {
  it('says what is about to be launched for a node, and what is taken where there is no capacity for it', () => {
    const lines = showPlan(aPlan({ spec })).split('\n');

    const from = lines.findIndex((line) => line.startsWith('  + k8s-storage'));
    expect(lines.slice(from + 1, from + 6)).toEqual([
      '      t3.small in ap-northeast-2b, 10.20.16.0/20, disk 50 GiB (or else t3a.small, ap-northeast-2a)',
      '      labels tier=worker phase=4 workload=worker-storage worker-type=io-bound',
      '             pool-type=eventlet domain=scan',
      '      taints node-role.kubernetes.io/infrastructure:NoSchedule',
      '             owner=data:NoExecute',
    ]);
  });

  it('of a node that only gets other labels says these, and no machine', () => {
    const facts = settledFacts({ spec });
    const nodes = facts.kubernetes!.nodes.map((node) => ({ ...node, labels: {} }));

    const text = showPlan(aPlan({ spec, facts: { ...facts, kubernetes: { ...facts.kubernetes!, nodes } } }));

    expect(text).toContain('labelled: ');
    expect(text).toContain('\n      labels tier=worker phase=4');
    expect(text).not.toContain('t3.small in');
  });
});
