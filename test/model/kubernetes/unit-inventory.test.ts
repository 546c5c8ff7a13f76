import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import {
  inventoryAfter,
  inventoryBefore,
  inventoryConfigMap,
  parseInventory,
} from '../../../model/kubernetes/unit-inventory.js';

function aConfigMap(name: string, fields: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'api', ...fields } };
}
const unit = (...objects: KubernetesObject[]) => ({ name: 'api-my', wave: 1, namespace: 'api', digest: 'd1', objects });

describe('unit inventory', () => {
  it('names every object before it is applied, and says nothing is applied yet', () => {
    const before = inventoryBefore(undefined, unit(aConfigMap('a'), aConfigMap('b')));

    expect(before.appliedDigest).toBeUndefined();
    expect(before.objects.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('knows uid and generation after the apply, and comes back whole from its ConfigMap', () => {
    const before = inventoryBefore(undefined, unit(aConfigMap('a')));
    const after = inventoryAfter(before, { digest: 'd1', objects: [aConfigMap('a', { uid: 'u1', generation: 3 })] });

    expect(after.appliedDigest).toBe('d1');
    expect(after.objects).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'api', uid: 'u1', generation: 3 },
    ]);
    expect(parseInventory(inventoryConfigMap(after))).toEqual(after);
    expect(parseInventory(inventoryConfigMap(before))).toEqual(before);
  });

  it('forgets the applied digest during the next apply, so that a half-done change is never taken for done', () => {
    const first = inventoryAfter(inventoryBefore(undefined, unit(aConfigMap('a'))), { digest: 'd1', objects: [] });

    expect(inventoryBefore(first, { ...unit(aConfigMap('a')), digest: 'd2' }).appliedDigest).toBeUndefined();
  });

  it('keeps objects that the unit no longer has, until they are wanted again', () => {
    const first = inventoryBefore(undefined, unit(aConfigMap('a'), aConfigMap('b')));
    const second = inventoryBefore(first, unit(aConfigMap('a')));
    const third = inventoryBefore(second, unit(aConfigMap('a'), aConfigMap('b')));

    expect(second.leftovers.map(({ name }) => name)).toEqual(['b']);
    expect(third.leftovers).toEqual([]);
  });

  it.each(['begun', 'done'] as const)('comes back whole while its unit is taken out of the cluster: %s', (removal) => {
    const entry = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'a', namespace: 'api', uid: 'u1' };
    const removed = { unit: 'api-my', wave: 1, appliedDigest: undefined, removal, objects: [], leftovers: [entry] };

    expect(parseInventory(inventoryConfigMap(removed))).toEqual(removed);
    expect(inventoryBefore(removed, unit(aConfigMap('a')))).not.toHaveProperty('removal');
  });

  it('takes a ConfigMap that holds no inventory for none', () => {
    expect(parseInventory(aConfigMap('a'))).toBeUndefined();
    expect(parseInventory({ ...aConfigMap('a'), data: { unit: 'a', objects: '{' } })).toBeUndefined();
  });
});
