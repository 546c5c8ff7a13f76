import { describe, expect, it } from 'vitest';
import { verdictOf } from '../../../../model/health/verdict-of.js';
import type { KubernetesObject } from '../../../../model/kubernetes/kubernetes-object.js';
import { noDurations } from '../../../../rehearsal/simulated/durations.js';
import { createSimulatedKubernetes } from '../../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld, type Effect } from '../../../../rehearsal/simulated/world.js';

function anApi() {
  const effects: Effect[] = [];
  const world = createWorld({ durations: noDurations, faults: [], onEffect: (effect) => effects.push(effect) });
  return { effects, kubernetes: createSimulatedKubernetes(world) };
}

function aConfigMap(metadata: Partial<KubernetesObject['metadata']> = {}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'unit-redis', namespace: 'groundswell', ...metadata },
  };
}

const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'unit-redis', namespace: 'groundswell' };
const ours = { fieldManager: 'groundswell' };

describe('the simulated Kubernetes API', () => {
  it('drops what its field manager applied last and no longer sets, and keeps what others set', async () => {
    const { kubernetes } = anApi();
    await kubernetes.apply(aConfigMap({ annotations: { theirs: 'x' } }), { fieldManager: 'somebody' });
    await kubernetes.apply(aConfigMap({ annotations: { 'groundswell.dev/applied-digest': 'd', kept: '1' } }), ours);
    await kubernetes.apply(aConfigMap({ annotations: { kept: '1' } }), ours);

    expect((await kubernetes.get(reference))?.metadata.annotations).toEqual({ theirs: 'x', kept: '1' });
  });

  it('notes an effect only where something changed', async () => {
    const { kubernetes, effects } = anApi();
    expect((await kubernetes.apply(aConfigMap({ labels: { a: '1', b: '2' } }), ours)).changed).toBe(true);
    expect((await kubernetes.apply(aConfigMap({ labels: { b: '2', a: '1' } }), ours)).changed).toBe(false);
    expect((await kubernetes.apply(aConfigMap({ labels: { a: '1' } }), ours)).changed).toBe(true);
    expect(effects.map(({ key }) => key)).toEqual([
      'v1/ConfigMap/groundswell/unit-redis',
      'v1/ConfigMap/groundswell/unit-redis',
    ]);
  });

  it('notes a patch only where it changed something, and by its own name', async () => {
    const { kubernetes, effects } = anApi();
    const node = { apiVersion: 'v1', kind: 'Node', name: 'k8s-redis' };
    await kubernetes.apply({ ...node, metadata: { name: 'k8s-redis' }, spec: { taints: [] } }, ours);
    const set = { op: 'add', path: '/spec/taints', value: [{ key: 'a', effect: 'NoSchedule' }] } as const;

    const once = await kubernetes.patch(node, [set], ours);
    const twice = await kubernetes.patch(node, [set], ours);

    expect(twice.metadata.resourceVersion).toBe(once.metadata.resourceVersion);
    expect(effects.map(({ effect, key, node: of }) => [effect, key, of])).toEqual([
      ['apply', 'v1/Node//k8s-redis', 'k8s-redis'],
      ['patch', 'v1/Node//k8s-redis', 'k8s-redis'],
    ]);
  });

  it('refuses an apply by uid to what is not there, and a patch whose test does not hold', async () => {
    const { kubernetes } = anApi();
    await expect(kubernetes.apply(aConfigMap({ uid: 'of another' }), ours)).rejects.toThrow('uid mismatch');
    await kubernetes.apply(aConfigMap(), ours);
    const stale = { op: 'test', path: '/metadata/resourceVersion', value: 'long ago' } as const;
    await expect(kubernetes.patch(reference, [stale], ours)).rejects.toThrow('does not hold');
  });

  it.each(['Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet', 'Job'])(
    'makes every kind with pods ready in its time: %s',
    async (kind) => {
      const { kubernetes } = anApi();
      const metadata = { name: 'app', namespace: 'data' };
      const { object } = await kubernetes.apply({ apiVersion: 'apps/v1', kind, metadata, spec: {} }, ours);
      await kubernetes.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'k8s-redis' }, spec: {} }, ours);
      const { uid = '', generation = 0 } = object.metadata;

      const live = await kubernetes.get({ apiVersion: 'apps/v1', kind, ...metadata });

      expect(verdictOf({ live, applied: { uid, generation } })).toMatchObject({ verdict: 'ready' });
    },
  );

  it('raises the generation with the spec, and only then', async () => {
    const { kubernetes } = anApi();
    const workload = (replicas: number, label: string): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'redis', namespace: 'data', labels: { label } },
      spec: { replicas },
    });
    const generation = async (object: KubernetesObject) =>
      (await kubernetes.apply(object, ours)).object.metadata.generation;
    expect(await generation(workload(1, 'a'))).toBe(1);
    expect(await generation(workload(1, 'b'))).toBe(1);
    expect(await generation(workload(2, 'b'))).toBe(2);
  });

  it('deletes what an object owns and what is in it with it, and leaves another uid alone', async () => {
    const { kubernetes, effects } = anApi();
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'data' } };
    await kubernetes.apply(namespace, ours);
    const owner = (await kubernetes.apply(aConfigMap(), ours)).object.metadata.uid ?? '';
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'unit-redis', uid: owner }];
    await kubernetes.apply(aConfigMap({ name: 'owned', ownerReferences }), ours);
    await kubernetes.apply(aConfigMap({ name: 'inside', namespace: 'data' }), ours);

    expect(await kubernetes.delete({ ...reference, uid: 'of another' })).toBe(false);
    expect(await kubernetes.delete({ ...reference, uid: owner })).toBe(true);
    expect(await kubernetes.delete(reference)).toBe(false);
    expect(await kubernetes.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'data' })).toBe(true);

    expect(await kubernetes.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toEqual([]);
    expect(effects.filter(({ effect }) => effect === 'delete').map(({ key }) => key)).toEqual([
      'v1/ConfigMap/groundswell/unit-redis',
      'v1/Namespace//data',
    ]);
  });

  it('keeps what has finalizers, marked as going', async () => {
    const { kubernetes } = anApi();
    await kubernetes.apply(aConfigMap({ finalizers: ['example.com/hold'] }), ours);

    expect(await kubernetes.delete(reference)).toBe(true);

    expect((await kubernetes.get(reference))?.metadata['deletionTimestamp']).toBeDefined();
  });

  it('evicts a pod only where its budget allows, and makes it again on another node that takes pods', async () => {
    const { kubernetes, effects } = anApi();
    const podsOn = async (node: string) =>
      (await kubernetes.list({ apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${node}` })).length;
    const aNode = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec });
    await kubernetes.apply(aNode('cordoned', { unschedulable: true }), ours);
    await kubernetes.apply(aNode('free', {}), ours);
    const metadata = { name: 'api', namespace: 'api', labels: { app: 'api' } };
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'r', controller: true }];
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, ownerReferences },
      spec: { nodeName: 'cordoned' },
    };
    await kubernetes.apply(pod, ours);
    const budget = (minAvailable: number | string) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { minAvailable, selector: { matchLabels: { app: 'api' } } },
    });
    await kubernetes.apply(budget('100%'), ours);

    expect(await kubernetes.evict({ name: 'api', namespace: 'api' })).toEqual({
      refused: 'The disruption budget api needs 1 healthy pods and has 1 currently [simulated]',
    });
    await kubernetes.apply(budget(0), ours);
    expect(await kubernetes.evict({ name: 'api', namespace: 'api', uid: 'of another' })).toBe('gone');
    expect(await kubernetes.evict({ name: 'api', namespace: 'api' })).toBe('evicted');

    expect([await podsOn('cordoned'), await podsOn('free')]).toEqual([0, 1]);
    expect(effects.filter(({ effect }) => effect === 'eviction').map(({ key }) => key)).toEqual(['v1/Pod/api/api']);
  });
});
