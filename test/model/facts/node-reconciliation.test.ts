import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { nodeDeviations, nodeTrouble, taintsToSet } from '../../../model/facts/node-reconciliation.js';
import type { NodeSpec } from '../../../model/spec/spec.js';

const infrastructure = { key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' } as const;
const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;
const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' } as const;

function aNodeSpec(fields: Partial<NodeSpec> = {}): NodeSpec {
  return {
    name: 'k8s-rabbitmq',
    role: 'worker',
    instanceTypes: [],
    zones: [],
    diskGiB: 20,
    labels: { workload: 'rabbitmq' },
    taints: [infrastructure],
    ...fields,
  };
}

function aLiveNode(
  fields: { labels?: Record<string, string>; taints?: readonly object[]; conditions?: readonly object[] } = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'k8s-rabbitmq', labels: fields.labels ?? { workload: 'rabbitmq' } },
    spec: { taints: fields.taints ?? [] },
    status: { conditions: fields.conditions ?? [{ type: 'Ready', status: 'True' }] },
  };
}

describe('taintsToSet', () => {
  const wanted = { node: aNodeSpec(), surplus: [] };

  it('adds what is missing and leaves the taints of others alone', () => {
    expect(taintsToSet(aLiveNode({ taints: [notReady] }), wanted)).toEqual([notReady, infrastructure]);
    expect(taintsToSet(aLiveNode({ taints: [notReady, infrastructure] }), wanted)).toBeUndefined();
  });

  it('replaces a planned taint that has another value', () => {
    const found = taintsToSet(aLiveNode({ taints: [{ ...infrastructure, value: 'x' }, notReady] }), wanted);

    expect(found).toEqual([notReady, infrastructure]);
  });

  it('takes away a taint that we set and the spec does not name any more', () => {
    const old = { key: 'old', effect: 'NoExecute' } as const;
    const live = aLiveNode({ taints: [old, notReady, infrastructure] });

    expect(taintsToSet(live, { ...wanted, surplus: [old] })).toEqual([notReady, infrastructure]);
  });
});

describe('nodeTrouble', () => {
  it.each<[string, KubernetesObject, string | undefined]>([
    ['Ready', aLiveNode(), undefined],
    ['silent', aLiveNode({ conditions: [] }), 'its kubelet has not reported yet'],
    [
      'not Ready',
      aLiveNode({
        conditions: [
          { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' },
        ],
      }),
      'not Ready (last condition: KubeletNotReady: cni plugin not initialized)',
    ],
    [
      'Ready but still tainted',
      aLiveNode({ taints: [notReady] }),
      'has the taint node.kubernetes.io/not-ready:NoSchedule',
    ],
    [
      'cordoned',
      aLiveNode({ taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
      'is cordoned; `kubectl uncordon` makes it schedulable again',
    ],
  ])('says what keeps pods from a node that is %s', (_title, live, expected) => {
    expect(nodeTrouble(live)).toBe(expected);
  });
});

describe('a start-up taint of the spec', () => {
  const agent = { key: 'agent.example.com/not-ready', effect: 'NoSchedule' } as const;
  const cloud = { key: 'node.cloudprovider.kubernetes.io/uninitialized', value: 'true', effect: 'NoSchedule' } as const;
  const node = aNodeSpec({ startupTaints: [agent, cloud] });

  it('is neither set again while it is away, nor missed, nor somebody else’s while it is there', () => {
    const away = aLiveNode({ taints: [infrastructure] });
    const there = aLiveNode({ taints: [infrastructure, agent, { ...cloud, value: 'other' }] });

    for (const live of [away, there]) {
      expect(taintsToSet(live, { node, surplus: [] })).toBeUndefined();
      expect(nodeDeviations(live, node)).toEqual([]);
    }
  });

  it('is no trouble of a Node, whoever takes it away; another one of Kubernetes is', () => {
    expect(nodeTrouble(aLiveNode({ taints: [agent, cloud] }), node)).toBeUndefined();
    expect(nodeTrouble(aLiveNode({ taints: [cloud] }))).toContain('uninitialized');
    expect(nodeTrouble(aLiveNode({ taints: [cloud, notReady] }), node)).toContain('not-ready');
  });
});

describe('nodeDeviations', () => {
  it('names wrong labels, missing taints and taints that nobody planned', () => {
    const live = aLiveNode({ labels: { workload: 'redis' }, taints: [notReady, { key: 'mine', effect: 'NoExecute' }] });

    expect(nodeDeviations(live, aNodeSpec())).toEqual([
      'label workload: expected rabbitmq, found redis',
      'taint node-role.kubernetes.io/infrastructure:NoSchedule: expected, not found',
      'taint mine:NoExecute: not planned',
    ]);
  });

  it('takes the taint of kubeadm for what it is, on control planes only', () => {
    const spec = aNodeSpec({ taints: [] });

    expect(nodeDeviations(aLiveNode({ taints: [controlPlane] }), { ...spec, role: 'control-plane' })).toEqual([]);
    expect(nodeDeviations(aLiveNode({ taints: [controlPlane] }), spec)).toEqual([
      'taint node-role.kubernetes.io/control-plane:NoSchedule: not planned',
    ]);
  });
});
