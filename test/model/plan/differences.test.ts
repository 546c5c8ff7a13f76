import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../../model/plan/differences.js';
import { aNode, aNodeFact, anInstance, aPlan, aSpec, settledFacts } from '../../builders.js';
import { settledBut, spec, units, withInstances, withNode } from '../planner/settled-cluster.js';

describe('differencesOf', () => {
  it('is empty for a plan with nothing to do and nothing to remark', () => {
    expect(differencesOf(settledBut((facts) => facts))).toEqual([]);
  });

  it('names a node once, with the cause of all its steps', () => {
    const plan = settledBut(
      withInstances((each) => (each.node === 'k8s-worker-1' ? [{ ...each, state: 'stopped', id: 'i-7' }] : [each])),
    );

    expect(differencesOf(plan)).toEqual([{ kind: 'node', name: 'k8s-worker-1', differs: 'i-7 is stopped' }]);
  });

  it('names a node whose Node is gone by that, and not by the steps that follow from it', () => {
    const plan = settledBut(({ kubernetes, ...facts }) => ({
      ...facts,
      kubernetes: { ...kubernetes!, nodes: kubernetes!.nodes.filter(({ name }) => name !== 'k8s-worker-1') },
    }));

    expect(differencesOf(plan)).toEqual([{ kind: 'node', name: 'k8s-worker-1', differs: 'no Node of this name' }]);
  });

  it('says since when a host does not answer', () => {
    const since = '2026-11-27T10:00:00Z';
    const silent = (facts: Parameters<Parameters<typeof settledBut>[0]>[0]) => ({
      ...withNode('k8s-worker-1', () => ({ ready: false, notReadySince: since }))(facts),
      silent: ['k8s-worker-1'],
    });

    expect(differencesOf(settledBut(silent))[0]).toEqual({
      kind: 'node',
      name: 'k8s-worker-1',
      differs: `its host does not answer, and its Node is not Ready since ${since}`,
    });
  });

  it('names what left the spec and lives on, of nodes and of units', () => {
    const plan = settledBut(({ kubernetes, ...facts }) => ({
      ...facts,
      instances: [...facts.instances, anInstance({ node: 'k8s-old', id: 'i-old' })],
      kubernetes: {
        ...kubernetes!,
        nodes: [...kubernetes!.nodes, aNodeFact(aNode({ name: 'k8s-old' }))],
        units: [
          ...kubernetes!.units,
          { name: 'gone', digest: 'd', complete: true, held: true, remains: { wave: 3, objects: 2, kept: [] } },
        ],
      },
    }));

    expect(differencesOf(plan)).toEqual([
      { kind: 'unit', name: 'gone', differs: 'not in the spec any more: 2 objects' },
      { kind: 'node', name: 'k8s-old', differs: 'not in the spec any more, and still there' },
    ]);
  });

  it('tells what Groundswell leaves as it is as something that stays', () => {
    const plan = settledBut(withNode('k8s-worker-1', () => ({ ready: false })));

    expect(differencesOf(plan)).toMatchObject([{ kind: 'node', name: 'k8s-worker-1', stays: true }]);
  });

  it('tells settings one by one, and objects and rules in the words of the plan', () => {
    const facts = settledFacts({ spec, units });
    const kubernetes = facts.kubernetes!;
    const drift = 'Service default/api: spec.ports changed since its apply';
    const changed = {
      ...facts,
      network: { ...facts.network, surplusRules: ['22 from 0.0.0.0/0'] },
      kubernetes: {
        ...kubernetes,
        units: kubernetes.units.map((unit) => (unit.name === 'api' ? { ...unit, drift } : unit)),
      },
    };

    expect(differencesOf(aPlan({ spec: { ...spec, approval: 'none' }, units, facts: changed }))).toEqual([
      {
        kind: 'network',
        name: 'security-group',
        differs: 'it has rules that the spec does not want: 22 from 0.0.0.0/0',
      },
      { kind: 'unit', name: 'api', differs: drift },
      { kind: 'setting', name: 'approval', differs: 'not as the last roll-out recorded it' },
    ]);
  });

  it('does not tell the setting of a node that differs for it', () => {
    const facts = settledFacts({ spec, units });
    const nodes = spec.nodes.map((node) =>
      node.name === 'k8s-worker-1' ? { ...node, instanceTypes: ['t3.large'] } : node,
    );

    const found = differencesOf(aPlan({ spec: { ...spec, nodes }, units, facts }));

    expect(found.map(({ kind, name }) => [kind, name])).toEqual([['node', 'k8s-worker-1']]);
  });

  it('has one entry for each thing of a cluster that is not there', () => {
    const found = differencesOf(aPlan({ spec: aSpec() }));

    const nodes = found.filter(({ kind }) => kind === 'node');
    expect(nodes.map(({ differs }) => differs)).toEqual(Array(3).fill('no instance with our tags'));
  });
});
