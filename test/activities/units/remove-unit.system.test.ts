import type { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { observeKubernetes } from '../../../activities/planning/observe-kubernetes.js';
import { createPruneActivities } from '../../../activities/units/prune-unit.js';
import { createRemoveUnitActivities } from '../../../activities/units/remove-unit.js';
import { createWaveActivities } from '../../../activities/units/waves.js';
import type { KubernetesObject, ObjectReference } from '../../../model/kubernetes/kubernetes-object.js';
import { inventoryReference, parseInventory } from '../../../model/kubernetes/unit-inventory.js';
import type { Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { auditedWrites } from '../../audited-writes.js';
import { aRenderedUnit, aSpec, sha256 } from '../../builders.js';
import { hasControlPlane, type RealControlPlane, skipReason, startRealControlPlane } from '../../real-control-plane.js';
import { aClusterUnderTest, anEnvironment, runActivity } from '../cluster-dependencies.js';

const patient = { everyMs: 100, deadlineMs: 60_000 };
const quick = { everyMs: 100, deadlineMs: 1_000 };
const containers = [{ name: 'c', image: 'groundswell.dev/stand-in:1' }];
const gate = { ...patient, settleMs: 100 };

function anObject(kind: string, name: string, fields: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'data' }, ...fields };
}

function aConfigMap(name: string, metadata: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'data', ...metadata }, data: {} };
}

function aClaim(name: string): KubernetesObject {
  const resources = { requests: { storage: '1Gi' } };
  return anObject('PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'], resources } });
}

function aDeployment(name: string, graceSeconds = 0): KubernetesObject {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers, terminationGracePeriodSeconds: graceSeconds },
  };
  const spec = { replicas: 1, selector: { matchLabels: { app: name } }, template };
  return { ...anObject('Deployment', name, { spec }), apiVersion: 'apps/v1' };
}

function aService(name: string): KubernetesObject {
  return anObject('Service', name, { spec: { clusterIP: 'None', selector: { app: name } } });
}

describe.skipIf(!hasControlPlane)(`createRemoveUnitActivities${skipReason}`, () => {
  let plane: RealControlPlane;
  let kubelets: { stop(): Promise<void> };
  beforeAll(async () => {
    plane = await startRealControlPlane();
    await plane.setNode('k8s-api', { ready: true });
    kubelets = plane.runPods();
  });
  afterAll(async () => {
    await kubelets.stop();
    await plane.stop();
  });

  /** Applies a unit as a plan of an earlier spec did, and waits for its gate unless told otherwise. */
  const applied = async (name: string, objects: readonly KubernetesObject[], { held = true } = {}) => {
    const unit = aRenderedUnit({ name, namespace: 'data', objects, digest: sha256(JSON.stringify(objects)) });
    const cluster = aClusterUnderTest({ spec: aSpec(), units: [unit], kubernetes: () => plane.kubernetes });
    const activities = createWaveActivities(cluster.dependencies, gate);
    const input = { plan: cluster.plan, unit: cluster.unit(name) };
    await runActivity((passed) => activities.applyUnit(passed), input);
    if (held) await runActivity((passed) => activities.waitForUnit(passed), input);
    return { unit, cluster };
  };
  interface Given {
    readonly confirmed?: readonly string[];
    readonly pace?: typeof patient;
    readonly kubernetes?: Kubernetes;
    readonly on?: MockActivityEnvironment;
  }
  const remove = (
    unit: string,
    { confirmed = [], pace = patient, kubernetes = plane.kubernetes, on = anEnvironment() }: Given = {},
  ) => {
    const cluster = aClusterUnderTest({ spec: aSpec(), kubernetes: () => kubernetes });
    const activities = createRemoveUnitActivities(cluster.dependencies, pace);
    return runActivity((given) => activities.removeUnit(given), { plan: cluster.plan, unit, confirmed }, on);
  };
  const read = (kind: string, name: string, apiVersion = 'v1') =>
    plane.kubernetes.get({ apiVersion, kind, name, namespace: 'data' } satisfies ObjectReference);
  const inventory = async (unit: string) => {
    const configMap = await plane.kubernetes.get(inventoryReference(unit));
    return configMap === undefined ? undefined : parseInventory(configMap);
  };
  const deletions = async (from = 0) =>
    (await auditedWrites(plane)).slice(from).flatMap((write) => /^delete .*\/([^/]+\/[^/]+)$/.exec(write)?.[1] ?? []);

  it('deletes what a unit owns, what needs others first, then its inventory, and nothing the second time', async () => {
    await applied('shop', [aConfigMap('shop'), aService('shop'), aDeployment('shop')]);
    const before = (await auditedWrites(plane)).length;

    expect(await remove('shop')).toEqual({ changed: true, left: [] });

    expect(await deletions(before)).toEqual([
      'deployments/shop',
      'services/shop',
      'configmaps/shop',
      'configmaps/unit-shop',
    ]);
    expect(await read('Deployment', 'shop', 'apps/v1')).toBeUndefined();
    expect(await plane.kubernetes.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: 'app=shop' })).toEqual([]);
    const writes = await auditedWrites(plane);
    expect(await remove('shop')).toEqual({ changed: false, left: [] });
    expect(await auditedWrites(plane)).toEqual(writes);
  });

  it('leaves claims with a name for the answer, and writes nothing the second time', async () => {
    await applied('redis', [aConfigMap('redis'), aClaim('redis')], { held: false });

    const first = await remove('redis');

    expect(first).toEqual({ changed: true, left: ['PersistentVolumeClaim/data/redis'] });
    expect((await read('PersistentVolumeClaim', 'redis'))?.metadata['deletionTimestamp']).toBeUndefined();
    expect(await read('ConfigMap', 'redis')).toBeUndefined();
    expect(await inventory('redis')).toMatchObject({
      removal: 'done',
      objects: [],
      leftovers: [{ kind: 'PersistentVolumeClaim', name: 'redis' }],
    });
    expect((await observeKubernetes(plane.kubernetes)).units.find(({ name }) => name === 'redis')).toMatchObject({
      remains: { objects: 0, kept: ['PersistentVolumeClaim/data/redis'] },
    });
    const writes = await auditedWrites(plane);
    expect(await remove('redis')).toEqual({ ...first, changed: false });
    expect(await auditedWrites(plane)).toEqual(writes);

    const confirmed = ['PersistentVolumeClaim/data/redis'];
    expect(await remove('redis', { confirmed })).toEqual({ changed: true, left: [] });
    expect(await read('PersistentVolumeClaim', 'redis')).toBeUndefined();
    expect(await inventory('redis')).toBeUndefined();
  });

  it('touches no object of its name that somebody made anew, and none that another unit owns now', async () => {
    await applied('mixed', [aConfigMap('anew'), aConfigMap('taken'), aConfigMap('ours')]);
    const copied = await read('ConfigMap', 'anew');
    await plane.kubectl('-n', 'data', 'delete', 'configmap', 'anew');
    await plane.kubernetes.apply(aConfigMap('anew', { labels: copied?.metadata.labels ?? {} }), {
      fieldManager: 'theirs',
    });
    await plane.kubectl('-n', 'data', 'label', '--overwrite', 'configmap', 'taken', 'groundswell.dev/unit=other');
    const before = (await auditedWrites(plane)).length;

    expect(await remove('mixed')).toEqual({ changed: true, left: [] });

    expect(await deletions(before)).toEqual(['configmaps/ours', 'configmaps/unit-mixed']);
    expect(await read('ConfigMap', 'anew')).toBeDefined();
    expect(await read('ConfigMap', 'taken')).toBeDefined();
  });

  it('goes on where an attempt was killed: each object is deleted once', async () => {
    const names = ['one', 'two', 'three'];
    await applied('killed', [...names.map((name) => aConfigMap(name)), aService('killed'), aDeployment('killed')]);
    const before = (await auditedWrites(plane)).length;
    const worker = anEnvironment();
    const killedInTheMiddle: Kubernetes = {
      ...plane.kubernetes,
      async delete(reference, options) {
        const deleted = await plane.kubernetes.delete(reference, options);
        if (reference.kind === 'Service') worker.cancel('WORKER_SHUTDOWN');
        options?.signal?.throwIfAborted();
        return deleted;
      },
    };
    await expect(remove('killed', { kubernetes: killedInTheMiddle, on: worker })).rejects.toThrow();
    expect(await inventory('killed')).toMatchObject({ removal: 'begun', objects: [] });
    expect(await read('ConfigMap', 'one')).toBeDefined();

    expect(await remove('killed')).toEqual({ changed: true, left: [] });

    const deleted = await deletions(before);
    expect(deleted.toSorted()).toEqual([
      'configmaps/one',
      'configmaps/three',
      'configmaps/two',
      'configmaps/unit-killed',
      'deployments/killed',
      'services/killed',
    ]);
  });

  it('ends alike where two attempts are at work at the same time', async () => {
    await applied('twice', [aConfigMap('twice'), aService('twice'), aDeployment('twice')]);

    const both = await Promise.all([remove('twice'), remove('twice')]);

    expect(both.map(({ left }) => left)).toEqual([[], []]);
    expect(await inventory('twice')).toBeUndefined();
    expect(await plane.kubernetes.get(inventoryReference('twice'))).toBeUndefined();
  });

  it('names the finalizer that holds an object, and goes on without it', async () => {
    await applied('held', [aConfigMap('held', { finalizers: ['example.com/hold'] }), aService('held')]);

    await expect(remove('held', { pace: quick })).rejects.toMatchObject({
      type: 'UnitNotReady',
      message: 'unit held: not removed after 1 s: ConfigMap data/held is held by its finalizer example.com/hold',
    });
    await plane.kubectl('-n', 'data', 'patch', 'configmap', 'held', '-p', '{"metadata":{"finalizers":null}}');

    expect(await remove('held')).toEqual({ changed: true, left: [] });
  });

  it('names the pod that a workload waits for', async () => {
    await applied('slow', [aDeployment('slow', 600)]);

    await expect(remove('slow', { pace: quick })).rejects.toThrow(
      /^unit slow: not removed after 1 s: Deployment data\/slow waits for pod slow-\S+ on k8s-api to end, for which it has 600 s$/,
    );
    await plane.kubectl('-n', 'data', 'delete', 'pod', '-l', 'app=slow', '--grace-period=0', '--force');

    expect(await remove('slow')).toMatchObject({ left: [] });
  });

  it('keeps a definition, and a namespace that others live in although it is named', async () => {
    const names = { kind: 'Gadget', plural: 'gadgets' };
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'gadgets.example.com' },
      spec: {
        ...{ group: 'example.com', scope: 'Namespaced', names },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    const gadget = { ...anObject('Gadget', 'g'), apiVersion: 'example.com/v1' };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shared' } };
    await applied('kinds', [definition, gadget, namespace], { held: false });
    await applied('guest', [aConfigMap('guest', { namespace: 'shared' })]);

    expect(await remove('kinds')).toEqual({
      changed: true,
      left: ['CustomResourceDefinition/gadgets.example.com', 'Namespace/shared'],
    });
    expect(await read('Gadget', 'g', 'example.com/v1')).toBeUndefined();

    const confirmed = ['CustomResourceDefinition/gadgets.example.com', 'Namespace/shared'];
    expect(await remove('kinds', { confirmed })).toEqual({
      changed: true,
      left: ['Namespace/shared'],
      why: ['Namespace/shared stays: objects of unit guest would go with it'],
    });
    expect(await remove('guest')).toMatchObject({ left: [] });
    expect(await remove('kinds', { confirmed })).toEqual({ changed: true, left: [] });
    expect(await plane.kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shared' })).toBeUndefined();
  });

  it('keeps a StatefulSet whose claims Kubernetes would delete with it', async () => {
    const template = { metadata: { labels: { app: 'db' } }, spec: { terminationGracePeriodSeconds: 0, containers } };
    const spec = {
      ...{ replicas: 1, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: aClaim('data')['spec'] }],
    };
    const set = { ...anObject('StatefulSet', 'db', { spec }), apiVersion: 'apps/v1' };
    await applied('db', [set, aService('db')], { held: false });
    const isOwned = async () =>
      (await read('PersistentVolumeClaim', 'data-db-0'))?.metadata['ownerReferences'] !== undefined;
    await vi.waitUntil(isOwned, { timeout: 60_000 });

    expect(await remove('db')).toEqual({
      changed: true,
      left: ['PersistentVolumeClaim/data/data-db-0'],
      why: ['StatefulSet/data/db stays: PersistentVolumeClaim/data/data-db-0 would go with it'],
    });
    expect(await read('PersistentVolumeClaim', 'data-db-0')).toBeDefined();
    const { units } = await observeKubernetes(plane.kubernetes);
    expect(units.find(({ name }) => name === 'db')).toMatchObject({
      remains: { objects: 0, kept: ['PersistentVolumeClaim/data/data-db-0'] },
    });
    expect(await remove('db', { confirmed: ['PersistentVolumeClaim/data-db-0'] })).toEqual({ changed: true, left: [] });
    expect(await read('StatefulSet', 'db', 'apps/v1')).toBeUndefined();
  });

  it('removes what an apply made that never came to its end', async () => {
    const broken = { ...aConfigMap('broken'), datas: {} };
    await expect(applied('half', [aConfigMap('half'), broken])).rejects.toThrow();
    expect((await inventory('half'))?.objects.every(({ uid }) => uid === undefined)).toBe(true);

    expect(await remove('half')).toEqual({ changed: true, left: [] });
    expect(await read('ConfigMap', 'half')).toBeUndefined();
  });

  it('lets a unit come back: its gate has to hold anew', async () => {
    const objects = [aConfigMap('back'), aClaim('back')];
    await applied('back', [aConfigMap('back')]);
    await applied('back', objects, { held: false });
    await remove('back');

    await applied('back', objects, { held: false });

    expect(await inventory('back')).toMatchObject({ leftovers: [], objects: [{ name: 'back' }, { name: 'back' }] });
    expect(await inventory('back')).not.toHaveProperty('removal');
    expect(await inventory('back')).not.toHaveProperty('heldDigest');
  });

  it('refuses a unit that the spec has', async () => {
    const spec = aSpec({ units: [{ name: 'wanted', wave: 1, namespace: 'data', manifests: 'm' }] });
    const cluster = aClusterUnderTest({ spec, kubernetes: () => plane.kubernetes });
    const activities = createRemoveUnitActivities(cluster.dependencies, quick);

    const failure = runActivity((given) => activities.removeUnit(given), { plan: cluster.plan, unit: 'wanted' });

    await expect(failure).rejects.toMatchObject({ type: 'InputInvalid' });
  });

  describe('pruneUnit', () => {
    const prune = async (unit: string, objects: readonly KubernetesObject[]) => {
      const rendered = aRenderedUnit({
        name: unit,
        namespace: 'data',
        objects,
        digest: sha256(JSON.stringify(objects)),
      });
      const cluster = aClusterUnderTest({ spec: aSpec(), units: [rendered], kubernetes: () => plane.kubernetes });
      const activities = createPruneActivities(cluster.dependencies, patient);
      return runActivity((given) => activities.pruneUnit(given), { plan: cluster.plan, unit });
    };
    const kept = [aConfigMap('stays')];

    it('deletes what the unit no longer has once its gate held, and never a claim', async () => {
      await applied('edited', [...kept, aConfigMap('leaves'), aClaim('leaves')], { held: false });
      await applied('edited', kept, { held: false });
      await expect(prune('edited', kept)).rejects.toMatchObject({ type: 'PlanStale' });
      await applied('edited', kept);

      expect(await prune('edited', kept)).toEqual({ changed: true, left: ['PersistentVolumeClaim/data/leaves'] });

      expect(await read('ConfigMap', 'leaves')).toBeUndefined();
      expect(await read('ConfigMap', 'stays')).toBeDefined();
      expect(await inventory('edited')).toMatchObject({
        appliedDigest: sha256(JSON.stringify(kept)),
        heldDigest: sha256(JSON.stringify(kept)),
        leftovers: [{ kind: 'PersistentVolumeClaim' }],
      });
      const writes = await auditedWrites(plane);
      expect(await prune('edited', kept)).toEqual({ changed: false, left: ['PersistentVolumeClaim/data/leaves'] });
      expect(await auditedWrites(plane)).toEqual(writes);
    });

    it('deletes nothing after a render without objects', async () => {
      await expect(prune('edited', [])).rejects.toMatchObject({ type: 'PlanMissing' });
      expect(await read('ConfigMap', 'stays')).toBeDefined();
    });
  });
});
