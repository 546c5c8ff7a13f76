import { inventoryReference } from '../../model/kubernetes/unit-inventory.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Pace } from '../../systems/wait-until.js';
import { planBody } from '../plan-body.js';
import { withHeartbeat } from '../with-heartbeat.js';
import { forgetSeen, type OwnedInventory, writeOwned } from './owned-inventory.js';
import { withUids } from './remove-objects.js';
import {
  type End,
  type Prepare,
  type RemovalDependencies,
  type RemovalInput,
  type RemovalOutcome,
  removalPace,
  untilGone,
} from './until-gone.js';

export type RemoveUnitActivities = ReturnType<typeof createRemoveUnitActivities>;

/** How units go. */
export function createRemoveUnitActivities(dependencies: RemovalDependencies, pace: Pace = removalPace) {
  return {
    /**
     * Takes a unit out of the cluster. Deletes the objects of its inventory in the reverse order of kinds, each by its recorded uid,
     * and only while its label names this unit. Waits until they are gone, then deletes the inventory. Claims, volumes,
     * namespaces and definitions stay until a person confirms them. So does every object that would take them along. The
     * inventory then stays with them, marked as done. Fails with `InputInvalid` when the spec has the unit, and with
     * `UnitNotReady` after 10 minutes, which names what holds the unit. Fails with `PlanStale` when somebody applies the unit
     * meanwhile, and with `KubernetesRefused` or `KubernetesUnavailable`.
     *
     * Repeat: safe; what is gone is not missed, and what somebody made anew under its name has another uid.
     */
    async removeUnit({ plan, unit, confirmed = [] }: RemovalInput): Promise<RemovalOutcome> {
      return withHeartbeat(async (options) => {
        const body = await planBody(dependencies.artifacts, plan);
        if (body.spec.units.some(({ name }) => name === unit)) {
          throw new RolloutError('InputInvalid', `unit ${unit}: expected one that is not in the spec; it is in it`);
        }
        let begun = false;
        const prepare: Prepare = async (kubernetes, owned) => {
          const { removal } = owned.inventory;
          if (removal === undefined && begun) throw appliedAgain(unit);
          const prepared = removal === undefined ? await begin(kubernetes, owned, options) : owned;
          begun = true;
          return prepared;
        };
        return untilGone(dependencies, { body, unit, confirmed, pace, prepare, end: endRemoval }, options);
      });
    },
  };
}

/** Before anything is deleted the inventory says that all of the unit has to go, and forgets what was seen of it. */
async function begin(kubernetes: Kubernetes, owned: OwnedInventory, options: CallOptions): Promise<OwnedInventory> {
  const { configMap, inventory } = await forgetSeen(kubernetes, owned, options);
  const { unit, wave, objects, leftovers } = inventory;
  const entries = await withUids(kubernetes, { entries: [...objects, ...leftovers], unit }, options);
  const begun = { unit, wave, appliedDigest: undefined, removal: 'begun', objects: [], leftovers: entries } as const;
  return writeOwned(kubernetes, { configMap, inventory: begun }, options);
}

async function endRemoval(...[kubernetes, { owned, kept }, options]: Parameters<End>): Promise<boolean | undefined> {
  const { configMap, inventory } = owned;
  if (kept.length > 0) {
    if (inventory.removal === 'done' && kept.length === inventory.leftovers.length) return false;
    const left = { ...inventory, removal: 'done', leftovers: kept } as const;
    await writeOwned(kubernetes, { configMap, inventory: left }, options);
    return true;
  }
  const reference = inventoryReference(inventory.unit);
  const { uid, resourceVersion } = configMap.metadata;
  const now = await kubernetes.get(reference, options);
  if (now !== undefined && now.metadata.resourceVersion !== resourceVersion) return undefined;
  return kubernetes.delete({ ...reference, ...(uid === undefined ? {} : { uid }) }, options);
}

function appliedAgain(unit: string): RolloutError {
  return new RolloutError('PlanStale', `unit ${unit}: somebody applied it again while it was removed`);
}
