import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import type { ClusterSpec } from '../../../model/spec/spec.js';
import { changesOf, remarksOf } from '../../../model/plan/plan.js';
import { showPlan } from '../../../model/show/show-plan.js';
import { aNode, aPlan, aSpec, anInstance, settledFacts } from '../../builders.js';
import { units, spec, stepOf, changedSteps, settledBut, withInstances, withNode } from './settled-cluster.js';

describe('computePlan', () => {
  it('creates everything from nothing, the control plane first, and lists every step', () => {
    const plan = aPlan({ spec, units });

    expect(plan.nodes.map(({ name, generation, op }) => [name, generation, op])).toEqual([
      ['k8s-master', 1, 'create'],
      ['k8s-worker-1', 1, 'create'],
      ['k8s-worker-2', 1, 'create'],
    ]);
    expect(plan.steps.map(({ step }) => step).slice(0, 15)).toEqual([
      'network/vpc',
      'network/subnet-ap-northeast-2a',
      'network/internet-gateway',
      'network/route-table',
      'network/security-group',
      'network/key-pair',
      'node/k8s-master/instance',
      'node/k8s-master/reachable',
      'node/k8s-master/prepared',
      'node/k8s-master/certificates',
      'node/k8s-master/init',
      'node/k8s-master/cni',
      'node/k8s-master/labelled',
      'node/k8s-master/ready',
      'node/k8s-worker-1/instance',
    ]);
    expect(plan.steps.filter(({ op }) => op === 'none').map(({ step }) => step)).toEqual([
      'node/k8s-master/certificates',
      'node/k8s-master/ready',
      'node/k8s-worker-1/ready',
      'node/k8s-worker-2/ready',
      'verify/cluster',
    ]);
  });

  it('puts the control plane first wherever the spec has it', () => {
    const nodes = [aNode({ name: 'k8s-a' }), aNode({ name: 'k8s-m', role: 'control-plane' })];

    expect(aPlan({ spec: aSpec({ nodes }) }).nodes.map(({ name }) => name)).toEqual(['k8s-m', 'k8s-a']);
  });

  it('lets a worker join as soon as it is prepared and the control plane answers, and no later', () => {
    const plan = aPlan({ spec, units });

    expect(stepOf(plan, 'node/k8s-worker-1/join')?.needs).toEqual([
      'node/k8s-worker-1/prepared',
      'node/k8s-master/init',
    ]);
    expect(stepOf(plan, 'node/k8s-worker-1/labelled')?.needs).toEqual(['node/k8s-worker-1/join']);
  });

  it('lets a unit wait for the wave before, the control plane and the nodes of its own pods only', () => {
    const plan = aPlan({ spec, units });

    expect(stepOf(plan, 'wave/0/redis')?.needs).toEqual(['node/k8s-master/ready', 'node/k8s-worker-1/ready']);
    expect(stepOf(plan, 'wave/0/rabbitmq')?.needs).toEqual(['node/k8s-master/ready']);
    expect(stepOf(plan, 'wave/4/api')?.needs).toEqual(['wave/0/redis', 'wave/0/rabbitmq', 'node/k8s-master/ready']);
    expect(plan.units.map(({ name, nodes }) => [name, nodes])).toEqual([
      ['redis', ['k8s-worker-1']],
      ['rabbitmq', []],
      ['api', []],
    ]);
  });

  it('plans no change for a cluster that is as the spec says', () => {
    expect(changedSteps(settledBut((facts) => facts))).toEqual([]);
  });

  it('makes a new generation of a node whose instances are all gone, and nothing else', () => {
    const plan = settledBut(
      withInstances((instance) =>
        instance.node === 'k8s-worker-1'
          ? [
              { ...instance, state: 'terminated' },
              { ...instance, id: 'i-3', generation: 3, state: 'shutting-down' },
            ]
          : [instance],
      ),
    );

    expect(plan.nodes.find(({ name }) => name === 'k8s-worker-1')).toMatchObject({ generation: 4, op: 'replace' });
    // The Node that the old instance left behind does not count for the new one.
    expect(changedSteps(plan)).toEqual([
      'node/k8s-worker-1/instance',
      'node/k8s-worker-1/reachable',
      'node/k8s-worker-1/prepared',
      'node/k8s-worker-1/join',
      'node/k8s-worker-1/labelled',
    ]);
    expect(stepOf(plan, 'node/k8s-worker-1/instance')?.reason).toBe('its last instance is gone');
    expect(changesOf(plan).map(({ op }) => op)).toEqual(['replace', 'create', 'create', 'create', 'create']);
  });

  it('replaces a node whose last instance EC2 has forgotten: its Node is left behind', () => {
    const plan = settledBut(withInstances((instance) => (instance.node === 'k8s-worker-1' ? [] : [instance])));

    expect(plan.nodes.find(({ name }) => name === 'k8s-worker-1')).toMatchObject({ op: 'replace' });
  });

  it('keeps the generation of a live instance, and says what about it is left as it is', () => {
    const plan = settledBut(
      withInstances((instance) =>
        instance.node === 'k8s-worker-1'
          ? [{ ...instance, generation: 2, id: 'i-2', imageId: 'ami-0' }, instance]
          : [instance],
      ),
    );

    const step = stepOf(plan, 'node/k8s-worker-1/instance');
    expect(plan.nodes[1]).toMatchObject({ name: 'k8s-worker-1', generation: 2, op: 'none' });
    expect(step?.op).toBe('none');
    expect(step?.note).toContain('its image is ami-0, the newest is ami-0123456789abcdef0');
    expect(step?.note).toContain('is a second instance of this node');
  });

  it('takes any instance type of the list as right', () => {
    const nodes = [aNode({ name: 'k8s-m', role: 'control-plane', instanceTypes: ['t3.large', 't3a.large'] })];
    const other = aSpec({ nodes });
    const facts = { ...settledFacts({ spec: other }), instances: [anInstance({ node: 'k8s-m', type: 't3a.large' })] };

    expect(stepOf(aPlan({ spec: other, facts }), 'node/k8s-m/instance')).not.toHaveProperty('note');
  });

  it('labels a Node again whose label or taint differs', () => {
    const tainted = aSpec({
      nodes: [
        aNode({ name: 'k8s-m', role: 'control-plane' }),
        aNode({
          name: 'k8s-a',
          labels: { tier: 'api', phase: '1' },
          taints: [{ key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' }],
        }),
      ],
    });
    const facts = withNode('k8s-a', () => ({ labels: { tier: 'worker', phase: '1' }, taints: [] }))(
      settledFacts({ spec: tainted }),
    );

    const plan = aPlan({ spec: tainted, facts });

    expect(changedSteps(plan)).toEqual(['node/k8s-a/labelled']);
    expect(plan.nodes.map(({ name, op }) => [name, op])).toEqual([
      ['k8s-m', 'none'],
      ['k8s-a', 'change'],
    ]);
    expect(stepOf(plan, 'node/k8s-a/labelled')?.op).toBe('change');
    expect(stepOf(plan, 'node/k8s-a/labelled')?.reason).toBe(
      'label tier, taint node-role.kubernetes.io/infrastructure missing or different',
    );
  });

  describe('with start-up taints', () => {
    const agent = { key: 'agent.example.com/not-ready', effect: 'NoExecute' } as const;
    const master = aNode({ name: 'k8s-m', role: 'control-plane' });
    const starting = aSpec({ nodes: [master, aNode({ name: 'k8s-a', startupTaints: [agent] })] });
    const labelled = (wanted: ClusterSpec, facts: ClusterFacts) =>
      stepOf(aPlan({ spec: wanted, facts }), 'node/k8s-a/labelled');
    const withTaint = withNode('k8s-a', () => ({ taints: [agent] }));

    it('changes nothing, whether a Node still has them or not any more', () => {
      const facts = settledFacts({ spec: starting });

      for (const seen of [facts, withTaint(facts)]) {
        expect(changedSteps(aPlan({ spec: starting, facts: seen }))).toEqual([]);
        expect(labelled(starting, seen)).not.toHaveProperty('note');
      }
    });

    it('takes away one that left the spec and is still there, as it is known to be ours', () => {
      const without = aSpec({ nodes: [master, aNode({ name: 'k8s-a' })] });

      expect(labelled(without, withTaint(settledFacts({ spec: starting })))).toMatchObject({
        op: 'change',
        reason: 'taint agent.example.com/not-ready:NoExecute set by Groundswell, but no longer in the spec',
      });
    });

    it('leaves a taint to whoever takes it away, once the spec has it as a start-up taint', () => {
      const before = aSpec({ nodes: [master, aNode({ name: 'k8s-a', taints: [agent] })] });
      const facts = settledFacts({ spec: before });

      expect(labelled(starting, facts)?.reason).toBe('annotation groundswell.dev/applied must change');
    });
  });

  it('takes a taint with an empty value for one without, and leaves labels of others alone', () => {
    const plan = settledBut(
      withNode('k8s-master', ({ taints, labels }) => ({
        taints: taints.map((taint) => ({ ...taint, value: '' })),
        labels: { ...labels, 'example.com/owner': 'someone' },
      })),
    );

    expect(changedSteps(plan)).toEqual([]);
  });

  it('prepares a host again when roles or inputs changed, and then annotates its Node', () => {
    const wanted = { 'k8s-master': 'one', 'k8s-worker-1': 'two', 'k8s-worker-2': 'three' };
    const facts = settledFacts({ spec, units, preparedDigests: { ...wanted, 'k8s-worker-1': 'old' } });

    const plan = aPlan({ spec, units, facts, preparedDigests: wanted });

    expect(changedSteps(plan)).toEqual(['node/k8s-worker-1/prepared', 'node/k8s-worker-1/labelled']);
    expect(changesOf(plan).map(({ op }) => op)).toEqual(['change', 'change']);
    expect(plan.nodes[1]).toMatchObject({ name: 'k8s-worker-1', op: 'change' });
  });

  it('goes on where a roll-out stopped: an instance without a Node is prepared and joined', () => {
    const plan = settledBut((facts) => ({
      ...facts,
      ...(facts.kubernetes && {
        kubernetes: {
          ...facts.kubernetes,
          nodes: facts.kubernetes.nodes.filter(({ name }) => name !== 'k8s-worker-2'),
        },
      }),
    }));

    expect(changedSteps(plan)).toEqual([
      'node/k8s-worker-2/prepared',
      'node/k8s-worker-2/join',
      'node/k8s-worker-2/labelled',
    ]);
    expect(plan.nodes[2]).toMatchObject({ name: 'k8s-worker-2', op: 'create' });
  });

  it('applies a unit again that differs or has lost objects', () => {
    const facts = settledFacts({ spec, units });
    const seen = [
      { name: 'redis', digest: 'other', complete: true, held: true },
      { name: 'rabbitmq', digest: units[1]!.digest, complete: false, held: true },
      { name: 'api', digest: units[2]!.digest, complete: true, held: true },
    ];

    const plan = aPlan({ spec, units, facts: { ...facts, kubernetes: { ...facts.kubernetes!, units: seen } } });

    expect(changesOf(plan).map(({ step, op, reason }) => [step, op, reason])).toEqual([
      ['wave/0/redis', 'change', 'its objects differ from the last applied ones'],
      ['wave/0/rabbitmq', 'change', 'some of its objects are missing'],
    ]);
  });

  it('has a unit as a change until its gate has held, whoever applied it', () => {
    const facts = settledFacts({ spec, units });
    const seen = facts.kubernetes!.units.map((unit) => ({ ...unit, held: unit.name !== 'rabbitmq' }));

    const plan = aPlan({ spec, units, facts: { ...facts, kubernetes: { ...facts.kubernetes!, units: seen } } });

    expect(changesOf(plan).map(({ step, reason }) => [step, reason])).toEqual([
      ['wave/0/rabbitmq', 'its gate has not held yet'],
    ]);
  });

  it('names a unit that was ready and is not, and does not call the cluster as the spec says', () => {
    const facts = settledFacts({ spec, units });
    const notReady = 'wave 0 waits for Deployment data/redis 0/2';
    const seen = facts.kubernetes!.units.map((unit) => (unit.name === 'redis' ? { ...unit, notReady } : unit));

    const plan = aPlan({ spec, units, facts: { ...facts, kubernetes: { ...facts.kubernetes!, units: seen } } });

    expect(changesOf(plan)).toEqual([]);
    expect(remarksOf(plan)).toBe(1);
    expect(showPlan(plan)).not.toContain('as the spec says');
    expect(showPlan(plan)).toContain(`it is not ready now: ${notReady}`);
  });

  it('gives new subnets their routes', () => {
    const plan = settledBut((facts) => ({ ...facts, network: { ...facts.network, subnets: [] } }));

    expect(changedSteps(plan)).toEqual(['network/subnet-ap-northeast-2a', 'network/route-table']);
    expect(stepOf(plan, 'network/route-table')).toMatchObject({ op: 'change', reason: 'new subnets need its routes' });
  });

  it('says what is not Ready, and changes nothing of it while its host answers', () => {
    const since = '2026-11-28T08:12:00Z';
    const plan = settledBut(withNode('k8s-worker-1', () => ({ ready: false, notReadySince: since })));

    expect(changedSteps(plan)).toEqual([]);
    expect(stepOf(plan, 'node/k8s-worker-1/ready')?.note).toBe(
      `its Node is not Ready since ${since}; if its host is lost for good: npx groundswell up --replace k8s-worker-1`,
    );
  });

  it('verifies after every node and the last wave', () => {
    expect(stepOf(aPlan({ spec, units }), 'verify/cluster')?.needs).toEqual([
      'node/k8s-master/ready',
      'node/k8s-worker-1/ready',
      'node/k8s-worker-2/ready',
      'wave/4/api',
    ]);
  });

  it('refuses a spec without a control plane', () => {
    expect(() => aPlan({ spec: aSpec({ nodes: [aNode({ name: 'k8s-a' })] }) })).toThrow('found no control plane');
  });
});
