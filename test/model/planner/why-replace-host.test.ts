import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { changesOf, remarksOf, type Plan } from '../../../model/plan/plan.js';
import type { PlanWishes } from '../../../model/plan/plan-skeleton.js';
import { showPlan } from '../../../model/show/show-plan.js';
import { aNode, aPlan, aSpec, settledFacts } from '../../builders.js';
import { spec, units, withInstances, withNode } from './settled-cluster.js';

const settled = settledFacts({ spec, units });
const worker = 'k8s-worker-2';

function planOf(facts: ClusterFacts, wishes: PlanWishes = {}): Plan {
  return aPlan({ spec, units, facts, wishes });
}

function withInstanceOf(node: string, fields: object): ClusterFacts {
  return withInstances((instance) => [instance.node === node ? { ...instance, ...fields } : instance])(settled);
}

function withData(facts: ClusterFacts, data: Readonly<Record<string, readonly string[]>>): ClusterFacts {
  return { ...facts, kubernetes: { ...facts.kubernetes!, data } };
}

const nodeOf = (plan: Plan, name = worker) => plan.nodes.find((node) => node.name === name);
const instanceStep = (plan: Plan, name = worker) => plan.steps.find(({ step }) => step === `node/${name}/instance`);

describe('a host that has to leave', () => {
  it.each([
    ['its instance is stopped', { state: 'stopped' }, /^i-\w+ is stopped$/],
    ['another type left the spec', { type: 'm5.large' }, 'its type is m5.large, the spec says t3.micro'],
    ['another zone left the spec', { zone: 'ap-northeast-2z' }, 'its zone is ap-northeast-2z'],
    ['its disk has another size', { diskGiB: 8 }, 'its disk has 8 GiB, the spec says 20'],
  ])('is replaced with that reason when %s', (_, fields, reason) => {
    const plan = planOf(withInstanceOf(worker, fields));

    expect(nodeOf(plan)).toMatchObject({ op: 'replace', generation: 2, replaces: 1 });
    expect(instanceStep(plan)?.reason).toMatch(reason);
    expect(changesOf(plan).map(({ step }) => step)).toEqual(
      ['drained', 'fenced', 'instance', 'reachable', 'prepared', 'join', 'labelled'].map(
        (part) => `node/${worker}/${part}`,
      ),
    );
  });

  it('is replaced when a person asks for it, and no other is', () => {
    const plan = planOf(settled, { replace: [worker] });

    expect(plan.nodes.filter(({ op }) => op !== 'none').map(({ name }) => name)).toEqual([worker]);
    expect(instanceStep(plan)?.reason).toBe('a person asked for a new host');
    expect(plan.destroys).toEqual([`node/${worker}/fenced`]);
  });

  it('is replaced when two witnesses say that it is gone, and only named while one does', () => {
    const silent = { ...settled, silent: [worker] };
    const both = withNode(worker, () => ({ ready: false, notReadySince: '2026-11-28T08:00:00Z' }))(silent);

    expect(instanceStep(planOf(both))?.reason).toBe(
      'its host does not answer, and its Node is not Ready since 2026-11-28T08:00:00Z',
    );
    const one = planOf(silent);
    expect(changesOf(one)).toEqual([]);
    expect(instanceStep(one)?.note).toContain('its host does not answer, though its Node is Ready still');
    expect(showPlan(one)).not.toContain('as the spec says');
  });

  it('stays while most hosts are silent at once: the network is more likely than so many deaths', () => {
    const names = spec.nodes.map(({ name }) => name).filter((name) => name !== 'k8s-master');
    const facts = names.reduce<ClusterFacts>((all, name) => withNode(name, () => ({ ready: false }))(all), {
      ...settled,
      silent: names,
    });

    const plan = planOf(facts);

    expect(changesOf(plan)).toEqual([]);
    expect(instanceStep(plan)?.note).toContain('too many hosts do not answer at the same time');
  });

  it('with data stays, and is named, until a person types what may be lost', () => {
    const facts = withData(withInstanceOf(worker, { state: 'stopped' }), { [worker]: ['redis', 'default/tool'] });

    const kept = planOf(facts);
    expect(changesOf(kept)).toEqual([]);
    expect(remarksOf(kept)).toBe(1);
    expect(instanceStep(kept)?.note).toContain(
      'its host holds data of redis, default/tool; start its instance, or name what may be lost: --confirm redis,default/tool',
    );
    expect(changesOf(planOf(facts, { confirmed: ['redis'] }))).toEqual([]);

    const typed = planOf(facts, { confirmed: ['redis', 'default/tool'] });
    expect(nodeOf(typed)?.op).toBe('replace');
    expect(showPlan(typed)).toContain('loses the data of redis, default/tool, which was confirmed');
  });

  it('is never the only control plane, whatever the spec says and a person asks', () => {
    const plan = planOf(withInstanceOf('k8s-master', { state: 'stopped', diskGiB: 8 }), { replace: ['k8s-master'] });

    expect(changesOf(plan)).toEqual([]);
    expect(instanceStep(plan, 'k8s-master')?.note).toContain('the only control plane is never replaced by itself');
  });

  it('stays while the cluster cannot be seen', () => {
    const { kubernetes: _, ...unseen } = withInstanceOf(worker, { state: 'stopped' });

    const plan = planOf(unseen);

    expect(nodeOf(plan)).not.toHaveProperty('replaces');
    expect(instanceStep(plan)?.note).toContain('what is on it cannot be seen');
  });

  it('is asked about also where the spec asks for no approval, unless the spec covers it by its kind', () => {
    const facts = withInstanceOf(worker, { state: 'stopped' });

    expect(planOf(facts).destroys).toEqual([`node/${worker}/fenced`]);
    expect(aPlan({ spec: { ...spec, unapproved: ['replace-node'] }, units, facts }).destroys).toBeUndefined();
  });

  it('leaves with few others at the same time', () => {
    const wide = aSpec({ nodes: [aNode({ name: 'm', role: 'control-plane' }), ...manyNodes(10)] });
    const facts = withInstances((instance) => [instance.node === 'm' ? instance : { ...instance, diskGiB: 1 }])(
      settledFacts({ spec: wide }),
    );

    const plan = aPlan({ spec: wide, facts });

    expect(plan.leaveAtOnce).toBe(4);
    expect(showPlan(plan)).toContain('at most 4 of these nodes are away at the same time');
  });
});

function manyNodes(count: number) {
  return Array.from({ length: count }, (_, index) => aNode({ name: `w-${index}` }));
}
