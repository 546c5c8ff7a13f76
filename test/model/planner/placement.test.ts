import { describe, expect, it } from 'vitest';
import { nodesAskedFor } from '../../../model/planner/placement.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { aDeployment, aNode } from '../../builders.js';

const nodes = [
  aNode({ name: 'k8s-master', role: 'control-plane' }),
  aNode({ name: 'k8s-api-scan', labels: { tier: 'api', domain: 'scan', phase: '1' } }),
  aNode({ name: 'k8s-worker-storage', labels: { tier: 'worker', domain: 'scan', phase: '4' } }),
  aNode({
    name: 'k8s-rabbitmq',
    labels: { tier: 'infrastructure', workload: 'rabbitmq', phase: '4' },
    taints: [{ key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' }],
  }),
];

function nodesOf(pod: Readonly<Record<string, unknown>>): readonly string[] {
  return nodesAskedFor([aDeployment('app', pod)], nodes);
}

function required(...nodeSelectorTerms: readonly unknown[]) {
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } };
}

describe('nodesAskedFor', () => {
  it('lists every node that a selector matches: domain alone matches the worker too', () => {
    expect(nodesOf({ nodeSelector: { domain: 'scan' } })).toEqual(['k8s-api-scan', 'k8s-worker-storage']);
    expect(nodesOf({ nodeSelector: { tier: 'api', domain: 'scan' } })).toEqual(['k8s-api-scan']);
  });

  it('needs no particular node when any would do', () => {
    expect(nodesOf({})).toEqual([]);
    expect(nodesOf({ nodeSelector: { 'kubernetes.io/os': 'linux' } })).toEqual([]);
    expect(nodesOf(required({ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['api'] }] }))).toEqual([]);
  });

  it('leaves out nodes whose taints are not tolerated', () => {
    const nodeSelector = { workload: 'rabbitmq' };
    const key = 'node-role.kubernetes.io/infrastructure';

    expect(nodesOf({ nodeSelector })).toEqual([]);
    expect(nodesOf({ nodeSelector, tolerations: [{ key, operator: 'Exists' }] })).toEqual(['k8s-rabbitmq']);
    expect(nodesOf({ nodeSelector, tolerations: [{ operator: 'Exists' }] })).toEqual(['k8s-rabbitmq']);
    expect(nodesOf({ nodeSelector, tolerations: [{ key, effect: 'NoSchedule' }] })).toEqual(['k8s-rabbitmq']);
    expect(nodesOf({ nodeSelector, tolerations: [{ key, value: 'yes', effect: 'NoSchedule' }] })).toEqual([]);
    expect(nodesOf({ nodeSelector, tolerations: [{ key, operator: 'Exists', effect: 'NoExecute' }] })).toEqual([]);
  });

  it('takes a taint that is only a preference for no obstacle', () => {
    const taints = [{ key: 'busy', effect: 'PreferNoSchedule' as const }];
    const busy = aNode({ name: 'k8s-busy', labels: { tier: 'api' }, taints });

    expect(nodesAskedFor([aDeployment('app', { nodeSelector: { tier: 'api' } })], [busy])).toEqual(['k8s-busy']);
  });

  it('takes a start-up taint for no obstacle: it is gone once the node is ready for pods', () => {
    const startupTaints = [{ key: 'agent.example.com/not-ready', effect: 'NoExecute' as const }];
    const starting = aNode({ name: 'k8s-starting', labels: { tier: 'api' }, startupTaints });

    expect(nodesAskedFor([aDeployment('app', { nodeSelector: { tier: 'api' } })], [starting])).toEqual([
      'k8s-starting',
    ]);
  });

  it("knows kubeadm's taint and label of the control plane", () => {
    const nodeSelector = { 'node-role.kubernetes.io/control-plane': '' };
    const tolerations = [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }];

    expect(nodesOf({ nodeSelector })).toEqual([]);
    expect(nodesOf({ nodeSelector, tolerations })).toEqual(['k8s-master']);
  });

  it('takes terms as alternatives and the requirements of one term together', () => {
    const api = { matchExpressions: [{ key: 'tier', operator: 'In', values: ['api', 'worker'] }] };
    const late = { matchExpressions: [{ key: 'phase', operator: 'Gt', values: ['3'] }, ...api.matchExpressions] };
    const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['k8s-api-scan'] }] };

    expect(nodesOf(required(api))).toEqual(['k8s-api-scan', 'k8s-worker-storage']);
    expect(nodesOf(required(late))).toEqual(['k8s-worker-storage']);
    expect(nodesOf(required(late, byName))).toEqual(['k8s-api-scan', 'k8s-worker-storage']);
    expect(nodesOf(required({}))).toEqual([]);
  });

  it.each([
    ['Exists', 'domain', ['k8s-api-scan', 'k8s-worker-storage']],
    ['Lt', 'phase', ['k8s-api-scan']],
    ['Near', 'phase', []],
  ])('understands the operator %s', (operator, key, expected) => {
    expect(nodesOf(required({ matchExpressions: [{ key, operator, values: ['4'] }] }))).toEqual(expected);
  });

  it('combines selector and affinity', () => {
    const affinity = required({ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] });

    expect(nodesOf({ ...affinity, nodeSelector: { domain: 'scan' } })).toEqual([]);
  });

  it('lets a pod that names its node pass by the taints', () => {
    expect(nodesOf({ nodeName: 'k8s-rabbitmq' })).toEqual(['k8s-rabbitmq']);
  });

  it('looks into every kind that makes pods, and into no other', () => {
    const spec = { nodeSelector: { tier: 'api' } };
    const kinds: readonly KubernetesObject[] = [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec },
      ...['StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => ({
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: 'x' },
        spec: { template: { spec } },
      })),
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec: { template: { spec } } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'x' },
        spec: { jobTemplate: { spec: { template: { spec } } } },
      },
    ];

    for (const object of kinds) expect(nodesAskedFor([object], nodes), object.kind).toEqual(['k8s-api-scan']);
    expect(nodesAskedFor([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, spec }], nodes)).toEqual([]);
  });

  it('joins what several templates ask for, in the order of the spec', () => {
    const objects = [
      aDeployment('b', { nodeSelector: { tier: 'worker' } }),
      aDeployment('a', { nodeSelector: { tier: 'api' } }),
      aDeployment('c'),
    ];

    expect(nodesAskedFor(objects, nodes)).toEqual(['k8s-api-scan', 'k8s-worker-storage']);
  });
});
