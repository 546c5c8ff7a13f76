import { liveData } from '../../model/facts/live-data.js';
import {
  managedByLabel,
  parseInventory,
  systemNamespace,
  type UnitInventory,
} from '../../model/kubernetes/unit-inventory.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';

/** By node: what would lose data with its host, asked of the cluster itself. Fails with `KubernetesUnavailable`. */
export async function observeData(
  kubernetes: Kubernetes,
  inventories: readonly UnitInventory[],
  options: CallOptions,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const [pods, volumes] = await Promise.all([
    kubernetes.list({ apiVersion: 'v1', kind: 'Pod' }, options),
    kubernetes.list({ apiVersion: 'v1', kind: 'PersistentVolume' }, options),
  ]);
  return liveData({
    pods,
    volumes,
    unitOf: ({ kind, namespace, name }) =>
      inventories.find(({ objects }) =>
        objects.some((entry) => entry.kind === kind && entry.namespace === namespace && entry.name === name),
      )?.unit,
  });
}

/** Reads the objects that each unit of the cluster owns. Fails with `KubernetesUnavailable`. */
export async function readInventories(kubernetes: Kubernetes, options: CallOptions): Promise<readonly UnitInventory[]> {
  const selector = { namespace: systemNamespace, labelSelector: `${managedByLabel}=groundswell` };
  const configMaps = await kubernetes.list({ apiVersion: 'v1', kind: 'ConfigMap', ...selector }, options);
  return configMaps.flatMap((configMap) => parseInventory(configMap) ?? []);
}
