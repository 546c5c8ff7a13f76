import { describe, expect, it } from 'vitest';
import type { ClusterFacts } from '../../../model/facts/facts.js';
import { preparedAnnotation } from '../../../model/facts/node-record.js';
import { skeletonOf } from '../../../model/plan/plan-skeleton.js';
import { changesOf, remarksOf } from '../../../model/plan/plan.js';
import { showPlan } from '../../../model/show/show-plan.js';
import { aNode, aNodeFact, anInstance, aPlan, aSpec, settledFacts } from '../../builders.js';
import { spec, stepOf, units } from './settled-cluster.js';

const old = aNode({ name: 'k8s-old' });
const settled = settledFacts({ spec, units });

/** The settled cluster, in which one more node stands. */
function withOldNode(facts: ClusterFacts = settled, annotations: Readonly<Record<string, string>> = {}): ClusterFacts {
  const kubernetes = facts.kubernetes!;
  return {
    ...facts,
    instances: [...facts.instances, anInstance({ node: old.name, id: 'i-old' })],
    kubernetes: { ...kubernetes, nodes: [...kubernetes.nodes, aNodeFact(old, { annotations })] },
  };
}

function withOldUnit(facts: ClusterFacts, kept: readonly string[] = []): ClusterFacts {
  const kubernetes = facts.kubernetes!;
  const unit = { name: 'gone', digest: 'd', complete: true, held: true, remains: { wave: 3, objects: 2, kept } };
  return { ...facts, kubernetes: { ...kubernetes, units: [...kubernetes.units, unit] } };
}

describe('planRemovals', () => {
  it('removes a node that left the spec: drained, then fenced, and shows it first', () => {
    const plan = aPlan({ spec, units, facts: withOldNode() });

    expect(changesOf(plan).map(({ step, op }) => [step, op])).toEqual([
      ['node/k8s-old/drained', 'remove'],
      ['node/k8s-old/fenced', 'remove'],
    ]);
    expect(plan.destroys).toEqual(['node/k8s-old/fenced']);
    expect(showPlan(plan)).toMatch(
      /^1 node to remove: 2 changes, digest .*\n\nends what lives\n {2}- node k8s-old {2}ends i-old and deletes its Node$/,
    );
  });

  it('removes a unit that left the spec, before the nodes, the last wave first', () => {
    const plan = aPlan({ spec, units, facts: withOldNode(withOldUnit(settled)) });

    expect(stepOf(plan, 'unit/gone/removed')).toMatchObject({
      op: 'remove',
      reason: 'not in the spec any more: 2 objects',
    });
    expect(stepOf(plan, 'node/k8s-old/drained')?.needs).toContain('unit/gone/removed');
    expect(skeletonOf(plan, 'a').removals?.steps.map(({ step }) => step)).toEqual([
      'unit/gone/removed',
      'node/k8s-old/drained',
      'node/k8s-old/fenced',
    ]);
  });

  it('leaves claims of a removed unit, names them, and takes them when a person does', () => {
    const claim = 'PersistentVolumeClaim/default/data';
    const facts = withOldUnit(settled, [claim]);

    expect(stepOf(aPlan({ spec, units, facts }), 'unit/gone/removed')?.note).toBe(
      `stays: ${claim}; to delete it too: npx groundswell up --confirm ${claim}`,
    );
    const typed = stepOf(aPlan({ spec, units, facts, wishes: { confirmed: [claim] } }), 'unit/gone/removed');
    expect(typed).not.toHaveProperty('note');
    expect(typed?.reason).toContain('3 objects');
  });

  it('leaves a node with data that nobody named, and says so', () => {
    const facts = withOldNode();
    const data = { ...facts, kubernetes: { ...facts.kubernetes!, data: { 'k8s-old': ['redis'] } } };

    const plan = aPlan({ spec, units, facts: data });

    expect(changesOf(plan)).toEqual([]);
    expect(remarksOf(plan)).toBe(1);
    expect(plan.removals).toBeUndefined();
    expect(stepOf(plan, 'node/k8s-old/fenced')?.note).toContain('npx groundswell up --confirm redis');
    expect(changesOf(aPlan({ spec, units, facts: data, wishes: { confirmed: ['redis'] } }))).toHaveLength(2);
  });

  it('leaves everything while the cluster cannot be seen', () => {
    const { kubernetes: _, ...unseen } = withOldNode();

    expect(aPlan({ spec, units, facts: unseen }).removals).toBeUndefined();
  });

  it('leaves and names a Node that somebody else joined, and removes one of ours whose instance is forgotten', () => {
    const kubernetes = settled.kubernetes!;
    const joined = (annotations: Readonly<Record<string, string>>): ClusterFacts => ({
      ...settled,
      kubernetes: { ...kubernetes, nodes: [...kubernetes.nodes, aNodeFact(old, { annotations })] },
    });

    const foreign = aPlan({ spec, units, facts: joined({}) });
    expect(changesOf(foreign)).toEqual([]);
    expect(stepOf(foreign, 'verify/cluster')?.note).toBe(
      'not in the spec, not made by Groundswell, and not touched: node k8s-old',
    );
    expect(changesOf(aPlan({ spec, units, facts: joined({ [preparedAnnotation]: 'd' }) }))).toHaveLength(2);
  });

  it('lets no more nodes leave at a time than may be away', () => {
    const small = aSpec({ workers: 3 });
    const facts = settledFacts({ spec: aSpec({ workers: 6 }) });

    const plan = aPlan({ spec: small, facts });

    expect(plan.leaveAtOnce).toBe(1);
    expect(stepOf(plan, 'node/k8s-worker-5/drained')?.needs).toEqual(['node/k8s-worker-4/fenced']);
    expect(stepOf(plan, 'node/k8s-worker-6/drained')?.needs).toEqual(['node/k8s-worker-5/fenced']);
  });
});
