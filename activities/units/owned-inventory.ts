import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import {
  heldMark,
  inventoryConfigMap,
  inventoryReference,
  parseInventory,
  seenCompleteMark,
  type UnitInventory,
} from '../../model/kubernetes/unit-inventory.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { completionFieldManager, gateFieldManager, unitFieldManager } from './apply-objects.js';

/** An inventory with the ConfigMap that it was read from. */
export interface OwnedInventory {
  readonly configMap: KubernetesObject;
  readonly inventory: UnitInventory;
}

/** `undefined` when the unit has none. Fails with `KubernetesRefused` when its ConfigMap holds something else: what it owns is unknown. */
export async function readOwned(
  kubernetes: Kubernetes,
  unit: string,
  options: CallOptions,
): Promise<OwnedInventory | undefined> {
  const reference = inventoryReference(unit);
  const configMap = await kubernetes.get(reference, options);
  if (configMap === undefined) return undefined;
  const inventory = parseInventory(configMap);
  if (inventory !== undefined) return { configMap, inventory };
  throw new RolloutError(
    'KubernetesRefused',
    `unit ${unit}: expected its inventory in ConfigMap ${reference.namespace ?? ''}/${reference.name}, found something else`,
  );
}

/**
 * Writes an inventory only where nobody wrote it since it was read, and returns it as it is then. Fails with
 * `KubernetesUnavailable` when somebody did: it has to be read again.
 */
export async function writeOwned(
  kubernetes: Kubernetes,
  { configMap, inventory }: OwnedInventory,
  options: CallOptions,
): Promise<OwnedInventory> {
  const { uid, resourceVersion } = configMap.metadata;
  const wanted = inventoryConfigMap(inventory);
  const same = {
    ...wanted.metadata,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const { object } = await kubernetes.apply(
    { ...wanted, metadata: same },
    { ...options, fieldManager: unitFieldManager },
  );
  return { configMap: object, inventory };
}

/**
 * Takes what was seen of a unit out of its inventory: that its gate held, and which Jobs came to an end. What is applied again
 * later has to show it again.
 */
export async function forgetSeen(
  kubernetes: Kubernetes,
  owned: OwnedInventory,
  options: CallOptions,
): Promise<OwnedInventory> {
  const { unit, heldDigest, seenComplete, ...rest } = owned.inventory;
  let { configMap } = owned;
  const mark = async (intent: KubernetesObject, fieldManager: string): Promise<void> => {
    const { uid } = configMap.metadata;
    const metadata = { ...intent.metadata, ...(uid === undefined ? {} : { uid }) };
    ({ object: configMap } = await kubernetes.apply({ ...intent, metadata }, { ...options, fieldManager }));
  };
  if (heldDigest !== undefined) await mark(heldMark(unit, undefined), gateFieldManager);
  if (seenComplete !== undefined) await mark(seenCompleteMark(unit, []), completionFieldManager);
  return { configMap, inventory: { unit, ...rest } };
}
