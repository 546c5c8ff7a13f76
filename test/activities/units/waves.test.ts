import { describe, expect, it } from 'vitest';
import { createWaveActivities } from '../../../activities/units/waves.js';
import { inventoryReference } from '../../../model/kubernetes/unit-inventory.js';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedKubernetes } from '../../../rehearsal/simulated/kubernetes/simulated-kubernetes.js';
import { createWorld } from '../../../rehearsal/simulated/world.js';
import { aRenderedUnit, aSpec } from '../../builders.js';
import { aClusterUnderTest, runActivity } from '../cluster-dependencies.js';

const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'api' } };
const unit = aRenderedUnit({ name: 'api', wave: 1, namespace: 'api', objects: [settings], digest: 'd1' });

function aCluster() {
  const world = createWorld({ durations: noDurations, faults: [], onEffect: () => undefined });
  const kubernetes = createSimulatedKubernetes(world);
  const cluster = aClusterUnderTest({ spec: aSpec(), units: [unit], kubernetes: () => kubernetes });
  const activities = createWaveActivities(cluster.dependencies, { everyMs: 5, deadlineMs: 1_000, settleMs: 0 });
  const input = { plan: cluster.plan, unit: cluster.unit('api') };
  return {
    kubernetes,
    apply: () => runActivity((passed) => activities.applyUnit(passed), input),
    wait: () => runActivity((passed) => activities.waitForUnit(passed), input),
  };
}

describe('a unit whose inventory a late attempt wrote again', () => {
  it('is no stale plan: the step fails in a way that applies it again', async () => {
    const { kubernetes, apply, wait } = aCluster();
    await apply();
    const {
      uid: _uid,
      resourceVersion: _version,
      annotations: _digest,
      ...metadata
    } = (await kubernetes.get(inventoryReference('api')))!.metadata;
    const late = { ...(await kubernetes.get(inventoryReference('api')))!, metadata };
    await kubernetes.apply(late, { fieldManager: 'groundswell' });

    await expect(wait()).rejects.toMatchObject({
      type: 'UnitNotReady',
      message: 'unit api: expected d1 in the cluster, found an unfinished apply; the step applies it again',
    });
    await apply();
    expect(await wait()).toEqual({ changed: false });
  });

  it('is a stale plan when it is there with another digest', async () => {
    const { kubernetes, apply, wait } = aCluster();
    await apply();
    const found = (await kubernetes.get(inventoryReference('api')))!;
    const annotations = Object.fromEntries(Object.keys(found.metadata.annotations ?? {}).map((key) => [key, 'd2']));
    await kubernetes.apply({ ...found, metadata: { ...found.metadata, annotations } }, { fieldManager: 'groundswell' });

    await expect(wait()).rejects.toMatchObject({ type: 'PlanStale' });
  });
});
