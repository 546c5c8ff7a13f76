import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import {
  inventoryAfter,
  inventoryBefore,
  inventoryConfigMap,
  namespaceObject,
  systemNamespace,
} from '../../model/kubernetes/unit-inventory.js';
import { showUnitLook } from '../../model/show/show-unit-look.js';
import { lookAtUnit } from '../../worker/look-at-unit.js';
import { hasControlPlane, skipReason, startRealControlPlane, type RealControlPlane } from '../real-control-plane.js';

const groundswell = { fieldManager: 'groundswell' };
const location: KubernetesObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'location', namespace: 'api' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'location' } },
    template: {
      metadata: { labels: { app: 'location' } },
      spec: { containers: [{ name: 'app', image: 'groundswell.dev/stand-in:1' }] },
    },
  },
};

describe.skipIf(!hasControlPlane)(`lookAtUnit${skipReason}`, () => {
  let plane: RealControlPlane;
  beforeAll(async () => {
    plane = await startRealControlPlane();
    for (const name of [systemNamespace, 'api']) await plane.kubernetes.apply(namespaceObject(name), groundswell);
    const unit = { name: 'api-location', wave: 2, namespace: 'api', objects: [location], digest: 'abc' };
    const { object } = await plane.kubernetes.apply(location, groundswell);
    const inventory = inventoryAfter(inventoryBefore(undefined, unit), { digest: 'abc', objects: [object] });
    await plane.kubernetes.apply(inventoryConfigMap(inventory), groundswell);
  });
  afterAll(() => plane.stop());

  it('says of a unit at 0/2 what is not ready, which events there are, and why its pods log nothing', async () => {
    const look = await vi.waitUntil(
      async () => {
        const seen = await lookAtUnit(plane.kubernetes, { unit: 'api-location', lines: 20 });
        return seen?.pods.length === 2 && seen.events.some(({ reason }) => reason === 'FailedScheduling')
          ? seen
          : undefined;
      },
      { timeout: 60_000, interval: 200 },
    );
    const text = showUnitLook(look)
      .map((line) => line.map((part) => part.text).join(''))
      .join('\n');

    expect(text).toMatch(/^unit api-location, wave 2: 1 of 1 objects not ready\n {2}Deployment api\/location 0\/2: /);
    expect(text).toMatch(/\n {2}api\/location-\S+ {2}on no node {2}Pending\n/);
    expect(text).toMatch(/Warning {2}FailedScheduling {2,}Pod location-\S+: no nodes available to schedule pods/);
    expect(text).toMatch(/log of location-\S+, container app\n {2}it has not started: the pod is on no node/);
  });

  it('knows no unit that was never applied', async () => {
    expect(await lookAtUnit(plane.kubernetes, { unit: 'redis', lines: 20 })).toBeUndefined();
  });
});
