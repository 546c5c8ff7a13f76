import { hasPods, verdictOf, withPods } from '../../model/gate/gate.js';
import type { Judged } from '../../model/gate/gate-sentence.js';
import { textAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import {
  inventoryReference,
  parseInventory,
  type InventoryEntry,
  type UnitInventory,
} from '../../model/kubernetes/unit-inventory.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { newestPods } from './unit-pods.js';

/** One object of a unit with its verdict, and whether a pod of it can never run as it is. */
export interface JudgedObject extends Judged {
  readonly terminal: boolean;
}

/** Looks at every object of an inventory once and says what is to be said of it. Empty: everything is ready. */
export async function openObjects(
  kubernetes: Kubernetes,
  inventory: UnitInventory,
  options: CallOptions,
): Promise<readonly JudgedObject[]> {
  const judged = await Promise.all(inventory.objects.map((entry) => judge(kubernetes, entry, options)));
  return judged.filter(({ verdict }) => verdict.verdict !== 'ready');
}

/** The inventory of a unit; `undefined` when it was never applied. */
export async function readInventory(
  kubernetes: Kubernetes,
  unit: string,
  options: CallOptions,
): Promise<UnitInventory | undefined> {
  const configMap = await kubernetes.get(inventoryReference(unit), options);
  return configMap === undefined ? undefined : parseInventory(configMap);
}

async function judge(kubernetes: Kubernetes, entry: InventoryEntry, options: CallOptions): Promise<JudgedObject> {
  const live = await kubernetes.get(entry, options);
  const storageClass =
    live?.kind === 'PersistentVolumeClaim' ? await storageClassOf(kubernetes, live, options) : undefined;
  const applied = { uid: entry.uid ?? '', generation: entry.generation ?? 0 };
  const own = verdictOf({ live, applied, ...(storageClass === undefined ? {} : { storageClass }) });
  if (live === undefined || own.verdict === 'ready' || !hasPods(live.kind)) {
    return { reference: entry, verdict: own, terminal: false };
  }
  return { reference: entry, ...withPods(own, await newestPods(kubernetes, live, options)) };
}

async function storageClassOf(
  kubernetes: Kubernetes,
  claim: KubernetesObject,
  options: CallOptions,
): Promise<KubernetesObject | undefined> {
  const name = textAt(claim, 'spec', 'storageClassName');
  if (name === undefined || name === '') return undefined;
  return kubernetes.get({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name }, options);
}
