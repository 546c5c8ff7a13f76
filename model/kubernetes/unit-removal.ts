import { listAt, numberAt, textAt, valueAt } from '../json/json-value.js';
import { applyRank } from './apply-order.js';
import { apiGroupOf, type KubernetesObject, type ObjectReference, referenceOf } from './kubernetes-object.js';
import { type InventoryEntry, unitLabel, type UnitInventory } from './unit-inventory.js';

/** Kinds whose objects hold data, or take others with them: they go only if a person names each. */
const protectedKinds = ['PersistentVolumeClaim', 'PersistentVolume', 'Namespace', 'CustomResourceDefinition'];

/**
 * The fate of an object of an inventory. `gone` is gone already. `foreign` is another object of its name, or somebody else owns
 * it now. `kept` needs the word of a person. `going` was deleted and is not gone. `delete` is to be deleted.
 */
export type Fate = 'gone' | 'foreign' | 'kept' | 'going' | 'delete';

export interface Removal {
  readonly unit: string;
  /** What a person allowed to go: `Kind/name` or `Kind/namespace/name`. */
  readonly confirmed: readonly string[];
}

/** Decides by the object as it is now. Without a uid in the inventory nothing proves that an object is ours. */
export function fateOf(
  { entry, live }: { readonly entry: InventoryEntry; readonly live: KubernetesObject | undefined },
  { unit, confirmed }: Removal,
): Fate {
  if (live === undefined) return 'gone';
  if (entry.uid === undefined || live.metadata.uid !== entry.uid) return 'foreign';
  if (live.metadata.labels?.[unitLabel] !== unit) return 'foreign';
  if (protectedKinds.includes(entry.kind) && !isAllowed(removalName(entry), confirmed)) return 'kept';
  return textAt(live, 'metadata', 'deletionTimestamp') === undefined ? 'delete' : 'going';
}

/** Entries in the order in which their objects go, that of an apply reversed. The objects of one group need not wait for each other. */
export function inRemovalOrder(entries: readonly InventoryEntry[]): readonly (readonly InventoryEntry[])[] {
  const groups = Map.groupBy(entries.toReversed(), ({ kind }) => applyRank(kind));
  return [...groups].toSorted(([a], [b]) => b - a).map(([, group]) => group);
}

/** How an object is named in a confirmation: `PersistentVolumeClaim/data/redis`, `Namespace/data`. */
export function removalName({ kind, namespace, name }: ObjectReference): string {
  return [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/');
}

/** What else is in a cluster that a deletion could take along. */
export interface Surroundings {
  /** All PersistentVolumeClaims. */
  readonly claims: readonly KubernetesObject[];
  /** What other units own. */
  readonly others: readonly UnitInventory[];
}

/** What would go with an object and may not. */
export interface TakenAlong {
  /** Claims that nobody allowed to go, by the names that would allow it. */
  readonly claims: readonly string[];
  /** Units whose objects would go. */
  readonly units: readonly string[];
}

/**
 * What would go with an object and may not; `undefined` when nothing would. Kubernetes deletes a claim with its owner, all of a
 * namespace with it, and all objects of a kind with its definition.
 */
export function takesAlong(
  live: KubernetesObject,
  { claims, others }: Surroundings,
  { confirmed }: Pick<Removal, 'confirmed'>,
): TakenAlong | undefined {
  const { name, uid } = live.metadata;
  const isOwned = (claim: KubernetesObject): boolean =>
    listAt(claim, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid);
  const isInside = (namespace: string | undefined): boolean => live.kind === 'Namespace' && namespace === name;
  const going = claims
    .filter((claim) => claim.metadata.uid !== uid && (isOwned(claim) || isInside(claim.metadata.namespace)))
    .map((claim) => removalName(referenceOf(claim)))
    .filter((each) => !isAllowed(each, confirmed));
  const units = others.filter(({ objects }) =>
    objects.some((each) => isInside(each.namespace) || isOfKind(each, live)),
  );
  if (going.length === 0 && units.length === 0) return undefined;
  return { claims: going, units: units.map(({ unit }) => unit) };
}

/** What there is of a unit that the spec does not have any more. */
export interface UnitRemains {
  /** Of its last roll-out. */
  readonly wave: number;
  /** How many objects go with it. */
  readonly objects: number;
  /** Objects that stay unless a person names them: `PersistentVolumeClaim/default/data-redis-0`. */
  readonly kept: readonly string[];
}

/** What there is of a unit that is not wanted any more, by its objects as they are now, while nobody allowed anything. */
export function remainsOf(
  { unit, wave, removal }: UnitInventory,
  found: readonly { readonly entry: InventoryEntry; readonly live: KubernetesObject | undefined }[],
  around: Surroundings,
): UnitRemains {
  const nobody = { unit, confirmed: [] };
  const kept: string[] = [];
  let objects = 0;
  for (const { entry, live } of found) {
    const fate = fateOf({ entry, live }, nobody);
    if (live === undefined || fate === 'gone' || fate === 'foreign') continue;
    const claims = fate === 'delete' ? takesAlong(live, around, nobody)?.claims : undefined;
    if (fate === 'kept') kept.push(removalName(entry));
    else if (claims === undefined) objects += 1;
    else kept.push(...claims);
  }
  // the inventory itself goes last: of a unit that is not through with its removal, and when nothing of it is left
  const isThrough = removal === 'done' && kept.length > 0;
  return { wave, objects: objects === 0 && !isThrough ? 1 : objects, kept: [...new Set(kept)].toSorted() };
}

/** Whether a person named an object, with or without its namespace, given its `removalName`. */
export function isAllowed(name: string, confirmed: readonly string[]): boolean {
  return confirmed.includes(name) || confirmed.includes(name.replace(/\/.*\//, '/'));
}

/** Why an object that was deleted is not gone yet, in one clause. */
export function whyNotGone(live: KubernetesObject, pods: readonly KubernetesObject[]): string {
  const [pod] = pods.filter((each) => textAt(each, 'metadata', 'deletionTimestamp') !== undefined);
  const held = listAt(live, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  const own = held.filter((name) => name !== 'foregroundDeletion');
  if (own.length > 0) return `is held by its finalizer ${own.join(', ')}`;
  if (pod !== undefined) {
    const node = textAt(pod, 'spec', 'nodeName') ?? 'no node';
    return `waits for pod ${pod.metadata.name} on ${node} to end, for which it has ${numberAt(pod, 'metadata', 'deletionGracePeriodSeconds') ?? 0} s`;
  }
  return held.length > 0 ? 'waits for what it owns' : 'goes';
}

function isOfKind(reference: ObjectReference, live: KubernetesObject): boolean {
  if (live.kind !== 'CustomResourceDefinition') return false;
  const group = valueAt(live, 'spec', 'group');
  return apiGroupOf(reference.apiVersion) === group && reference.kind === valueAt(live, 'spec', 'names', 'kind');
}
