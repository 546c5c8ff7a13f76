import { beforeEach, describe, expect, it } from 'vitest';
import { createRemoveUnitActivities } from '../../../activities/units/remove-unit.js';
import { createWaveActivities } from '../../../activities/units/waves.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { inventoryReference } from '../../../model/kubernetes/unit-inventory.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedKubernetes } from '../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld, type Effect } from '../../../rehearsal/simulated/world.js';
import type { Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { aDeployment, aRenderedUnit, aSpec } from '../../builders.js';
import { aClusterUnderTest, runActivity } from '../cluster-dependencies.js';

const refused = new RolloutError('KubernetesRefused', 'a webhook says no');
const pace = { everyMs: 1, deadlineMs: 50 };

let effects: Effect[];
let kubernetes: Kubernetes;

beforeEach(() => {
  effects = [];
  const world = createWorld({ durations: noDurations, faults: [], onEffect: (effect) => effects.push(effect) });
  kubernetes = createSimulatedKubernetes(world);
});

function inData(kind: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'data' } };
}

async function apply(name: string, objects: readonly KubernetesObject[]): Promise<void> {
  const unit = aRenderedUnit({ name, namespace: 'data', objects, digest: 'd' });
  const cluster = aClusterUnderTest({ spec: aSpec(), units: [unit], kubernetes: () => kubernetes });
  const activities = createWaveActivities(cluster.dependencies, { ...pace, settleMs: 0 });
  await runActivity((given) => activities.applyUnit(given), { plan: cluster.plan, unit: cluster.unit(name) });
}

function remove(unit: string, on: Kubernetes = kubernetes, confirmed: readonly string[] = []) {
  const cluster = aClusterUnderTest({ spec: aSpec(), kubernetes: () => on });
  const activities = createRemoveUnitActivities(cluster.dependencies, pace);
  return runActivity((given) => activities.removeUnit(given), { plan: cluster.plan, unit, confirmed });
}

function deleted(): readonly string[] {
  return effects.filter(({ effect }) => effect === 'delete').map(({ key }) => key);
}

describe('removeUnit', () => {
  it('takes a unit out of a simulated cluster, and changes nothing the second time', async () => {
    const workload = aDeployment('redis');
    const metadata = { ...workload.metadata, namespace: 'data' };
    await apply('redis', [
      inData('PersistentVolumeClaim', 'redis'),
      inData('Service', 'redis'),
      { ...workload, metadata },
    ]);

    const left = ['PersistentVolumeClaim/data/redis'];
    expect(await remove('redis')).toEqual({ changed: true, left });
    expect(deleted()).toEqual(['apps/v1/Deployment/data/redis', 'v1/Service/data/redis']);
    const before = effects.length;
    expect(await remove('redis')).toEqual({ changed: false, left });
    expect(effects).toHaveLength(before);

    expect(await remove('redis', kubernetes, left)).toEqual({ changed: true, left: [] });
    expect(await kubernetes.get(inventoryReference('redis'))).toBeUndefined();
  });

  it('has nothing to do for a unit that was never applied', async () => {
    expect(await remove('nobody')).toEqual({ changed: false, left: [] });
    expect(effects).toEqual([]);
  });

  it('ends where somebody applies the unit again while it goes: a late attempt deletes nothing of that', async () => {
    const held = {
      ...inData('ConfigMap', 'held'),
      metadata: { name: 'held', namespace: 'data', finalizers: ['example.com/hold'] },
    };
    const objects = [held, inData('Service', 'redis')];
    await apply('redis', objects);
    const appliedMeanwhile: Kubernetes = {
      ...kubernetes,
      async delete(reference, options) {
        const found = await kubernetes.delete(reference, options);
        if (reference.kind === 'ConfigMap') await apply('redis', objects);
        return found;
      },
    };

    await expect(remove('redis', appliedMeanwhile)).rejects.toMatchObject({
      type: 'PlanStale',
      message: 'unit redis: somebody applied it again while it was removed',
    });
    expect(await kubernetes.get({ apiVersion: 'v1', kind: 'Service', name: 'redis', namespace: 'data' })).toBeDefined();
    expect(deleted()).toEqual(['v1/Service/data/redis', 'v1/ConfigMap/data/held']);
  });

  it('deletes nothing where the ConfigMap of the inventory holds something else', async () => {
    const { name, namespace = '' } = inventoryReference('redis');
    await kubernetes.apply(
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { objects: '?' } },
      { fieldManager: 'somebody' },
    );

    await expect(remove('redis')).rejects.toMatchObject({ type: 'KubernetesRefused' });
    expect(deleted()).toEqual([]);
  });

  it('tells what refuses a deletion, and keeps the inventory', async () => {
    await apply('redis', [inData('Service', 'redis')]);
    const refusing: Kubernetes = { ...kubernetes, delete: () => Promise.reject(refused) };

    await expect(remove('redis', refusing)).rejects.toMatchObject({ message: 'a webhook says no' });
    expect(await kubernetes.get(inventoryReference('redis'))).toBeDefined();
  });
});
