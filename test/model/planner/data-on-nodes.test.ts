import { describe, expect, it } from 'vitest';
import { dataOnNodes } from '../../../model/planner/data-on-nodes.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import type { RenderedUnit } from '../../../model/kubernetes/rendered-unit.js';
import { anInstance, aSpec } from '../../builders.js';

const { nodes } = aSpec();
const [, worker] = nodes;
const host = worker?.name ?? '';

function workload(kind: string, spec: Readonly<Record<string, unknown>>, more = {}): KubernetesObject {
  const pod = { nodeSelector: { 'kubernetes.io/hostname': host }, ...spec };
  return { apiVersion: 'apps/v1', kind, metadata: { name: 'db' }, spec: { template: { spec: pod }, ...more } };
}

function aUnit(name: string, object: KubernetesObject): RenderedUnit {
  return { name, wave: 0, namespace: 'data', objects: [object], digest: name };
}

const claim = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'db' } }] };
const instances = nodes.map(({ name }) => anInstance({ node: name }));
const applied = (...names: readonly string[]) => ({
  instances,
  kubernetes: {
    nodes: [],
    units: names.map((name) => ({ name, digest: name, complete: true, held: true })),
    initialised: true,
    podNetworkInstalled: true,
    data: {},
    record: {},
  },
});

describe('dataOnNodes', () => {
  it.each([
    ['a claim', workload('Deployment', claim)],
    ['a claim template', workload('StatefulSet', {}, { volumeClaimTemplates: [{ metadata: { name: 'data' } }] })],
    ['a path of the host', workload('DaemonSet', { volumes: [{ name: 'data', hostPath: { path: '/srv' } }] })],
  ])('counts a unit that keeps data in %s', (_, object) => {
    expect(dataOnNodes(nodes, applied('db'), [aUnit('db', object)]).get(host)).toEqual(['db']);
  });

  it('counts no unit without volumes, or with one that ends with its pod', () => {
    const units = [
      aUnit('api', workload('Deployment', {})),
      aUnit('cache', workload('Deployment', { volumes: [{ name: 'tmp', emptyDir: {} }] })),
    ];
    expect(dataOnNodes(nodes, applied('api', 'cache'), units).get(host)).toEqual([]);
  });

  it('counts no unit that was never applied, and every one while no control plane answers', () => {
    const units = [aUnit('db', workload('Deployment', claim))];
    expect(dataOnNodes(nodes, applied(), units).get(host)).toEqual([]);
    expect(dataOnNodes(nodes, { instances }, units).get(host)).toEqual(['db']);
  });

  it('knows nothing of nodes that have no host', () => {
    const units = [aUnit('db', workload('Deployment', claim))];
    expect(dataOnNodes(nodes, { instances: [] }, units).size).toBe(0);
  });
});
