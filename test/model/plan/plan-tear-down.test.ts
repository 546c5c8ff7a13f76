import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { planTearDown } from '../../../model/plan/plan-tear-down.js';
import { changesOf } from '../../../model/plan/plan.js';
import { showPlan } from '../../../model/show/show-plan.js';
import { anInstance, aSpec, settledFacts, sha256, someFacts } from '../../builders.js';

const spec = aSpec();

function tearDown(facts: ClusterFacts, residue: Parameters<typeof planTearDown>[0]['residue'] = []) {
  return planTearDown({ spec, facts, residue, digest: sha256 });
}

describe('planTearDown', () => {
  it('ends every host, then the network backwards, and looks for what is left', () => {
    const plan = tearDown(settledFacts({ spec }));

    expect(plan.steps.map(({ step }) => step)).toEqual([
      'node/k8s-worker-2/ended',
      'node/k8s-worker-1/ended',
      'node/k8s-master/ended',
      'network/key-pair',
      'network/security-group',
      'network/route-table',
      'network/internet-gateway',
      'network/subnet-ap-northeast-2a',
      'network/vpc',
      'verify/residue',
    ]);
    expect(showPlan(plan)).toContain('ends cluster test with everything in it, in this order');
    expect(showPlan(plan)).toMatch(/^3 nodes, 6 network parts to remove: 9 changes/);
  });

  it('removes nothing that another step still needs', () => {
    const part = fc.boolean();
    fc.assert(
      fc.property(
        fc.record({ gateway: part, routes: part, group: part, key: part, subnet: part, hosts: part }),
        (has) => {
          const { network, instances } = settledFacts({ spec });
          const {
            internetGatewayId = '',
            routeTableId = '',
            securityGroupId = '',
            keyPairName = '',
            vpcId = '',
          } = network;
          const facts = someFacts({
            instances: has.hosts ? instances : [],
            network: {
              vpcId,
              subnets: has.subnet ? network.subnets : [],
              ...(has.gateway ? { internetGatewayId } : {}),
              ...(has.routes ? { routeTableId } : {}),
              ...(has.group ? { securityGroupId } : {}),
              ...(has.key ? { keyPairName } : {}),
            },
          });

          const { steps } = tearDown(facts);

          const order = steps.map(({ step }) => step);
          for (const { step, needs } of steps) {
            for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(step));
          }
          expect(order.at(-2)).toBe('network/vpc');
        },
      ),
    );
  });

  it('takes what is half made, what only the sweep finds, and every generation of a name', () => {
    const facts = someFacts({
      instances: [
        anInstance({ node: 'k8s-a', id: 'i-1', generation: 1, state: 'shutting-down' }),
        anInstance({ node: 'k8s-a', id: 'i-2', generation: 2 }),
        anInstance({ node: 'k8s-b', state: 'terminated' }),
      ],
      network: { subnets: [], halfMade: ['internet-gateway', 'subnet-a'] },
    });
    const residue = [{ kind: 'security-group', id: 'sg-1', foundBy: 'tag', ours: true }] as const;

    const plan = tearDown(facts, residue);

    expect(changesOf(plan).map(({ step, reason }) => [step, reason])).toEqual([
      ['node/k8s-a/ended', 'ends i-1 (it ends already) and i-2'],
      ['network/security-group', 'deletes what is half made of it'],
      ['network/internet-gateway', 'deletes what is half made of it'],
      ['network/subnet-a', 'deletes what is half made of it'],
    ]);
  });

  it('says that nothing is left to end, and names what is not ours', () => {
    const volume = {
      kind: 'volume',
      id: 'vol-1',
      foundBy: 'tag',
      ours: false,
      note: 'made by Kubernetes',
    } as const;

    const plan = tearDown(someFacts(), [volume]);

    expect(changesOf(plan)).toEqual([]);
    expect(showPlan(plan)).toMatch(/^0 changes: nothing of cluster test exists at EC2/);
    expect(showPlan(plan)).toContain('volume vol-1, made by Kubernetes; delete it yourself first');
  });
});
