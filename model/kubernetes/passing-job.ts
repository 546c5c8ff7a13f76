import { numberAt } from '../json-value.js';
import { type KubernetesObject, objectTitle } from './kubernetes-object.js';
import { type InventoryEntry, type PassingJob, type UnitInventory } from './unit-inventory.js';
import { isSame, referenceOf } from './kubernetes-object.js';

/** How long after its end Kubernetes deletes a Job, in seconds; `undefined` of one that stays, and of every other object. */
export function secondsAfterEnd(object: KubernetesObject): number | undefined {
  return object.kind === 'Job' ? numberAt(object, 'spec', 'ttlSecondsAfterFinished') : undefined;
}

/** The Jobs among these objects that Kubernetes deletes after their end, by title. */
export function passingJobs(
  objects: readonly KubernetesObject[],
  digestOf: (object: KubernetesObject) => string,
): ReadonlyMap<string, PassingJob> {
  return new Map(
    objects.flatMap((object) => {
      const seconds = secondsAfterEnd(object);
      if (seconds === undefined) return [];
      return [[objectTitle(referenceOf(object)), { secondsAfterEnd: seconds, manifest: digestOf(object) }]];
    }),
  );
}

/** Whether an entry is a Job that was seen complete: it is done for good, there or not. */
export function isSeenComplete({ seenComplete = [] }: UnitInventory, { uid }: InventoryEntry): boolean {
  return uid !== undefined && seenComplete.includes(uid);
}

/** The Jobs of a unit, by title, that were seen complete as they are wanted now: once they are gone, nothing is left to do. */
export function doneForGood(
  inventory: UnitInventory | undefined,
  wanted: ReadonlyMap<string, PassingJob>,
): readonly string[] {
  return [...wanted].flatMap(([title, { manifest }]) => {
    const entry = inventory?.objects.find((known) => objectTitle(known) === title);
    if (inventory === undefined || entry === undefined || entry.passing?.manifest !== manifest) return [];
    return isSeenComplete(inventory, entry) ? [title] : [];
  });
}

/**
 * The uids of Jobs to remember as complete, after a look at which all objects except `open` were ready. Returns
 * `undefined` when all of them are remembered already.
 */
export function newlyComplete(
  inventory: UnitInventory,
  open: readonly { readonly reference: InventoryEntry }[],
): readonly string[] | undefined {
  const passing = inventory.objects.filter((entry) => entry.passing !== undefined);
  const known = passing.filter((entry) => isSeenComplete(inventory, entry));
  const complete = passing.filter((entry) => !open.some(({ reference }) => isSame(reference, entry)));
  if (complete.every((entry) => known.includes(entry))) return undefined;
  return [...new Set([...known, ...complete])].flatMap(({ uid }) => uid ?? []);
}
