import { isSame, referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { InventoryEntry } from '../../model/kubernetes/unit-inventory.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Pace } from '../../systems/wait-until.js';
import { planBody } from '../plan-body.js';
import { withHeartbeat } from '../with-heartbeat.js';
import { type OwnedInventory, writeOwned } from './owned-inventory.js';
import { withUids } from './remove-objects.js';
import {
  type End,
  type Prepare,
  removalPace,
  type RemovalInput,
  type RemovalOutcome,
  type RemovalDependencies,
  untilGone,
} from './until-gone.js';

/** How what an edited unit no longer has goes. */
export function createPruneActivities(dependencies: RemovalDependencies, pace: Pace = removalPace) {
  return {
    /**
     * Deletes what a unit no longer has since it was edited, as `removeUnit` does, once its gate held for what it has now. Never
     * after a render without objects. Fails as `removeUnit` does, and with `PlanStale` when the unit in the cluster is not the
     * planned one.
     *
     * Repeat: safe, for the same reasons.
     */
    async pruneUnit({ plan, unit, confirmed = [] }: RemovalInput): Promise<RemovalOutcome> {
      return withHeartbeat(async (options) => {
        const body = await planBody(dependencies.artifacts, plan);
        const rendered = body.units.find(({ name }) => name === unit);
        if (rendered === undefined || rendered.objects.length === 0) {
          throw new RolloutError('PlanMissing', `plan ${plan.digest}: it has no objects of unit ${unit}`);
        }
        const prepare: Prepare = async (kubernetes, owned) => {
          if (!isHeld(owned, rendered)) throw notHeld(rendered, owned);
          const leftovers = owned.inventory.leftovers.filter((entry) => !isWanted(entry, rendered));
          return withKnownUids(kubernetes, { ...owned, inventory: { ...owned.inventory, leftovers } }, options);
        };
        return untilGone(dependencies, { body, unit, confirmed, pace, prepare, end: endPrune }, options);
      });
    },
  };
}

async function withKnownUids(
  kubernetes: Kubernetes,
  { configMap, inventory }: OwnedInventory,
  options: CallOptions,
): Promise<OwnedInventory> {
  const { unit, leftovers } = inventory;
  const entries = await withUids(kubernetes, { entries: leftovers, unit }, options);
  const owned = { configMap, inventory: { ...inventory, leftovers: entries } };
  return entries.every((entry, at) => entry.uid === leftovers[at]?.uid)
    ? owned
    : writeOwned(kubernetes, owned, options);
}

async function endPrune(...[kubernetes, { owned, kept }, options]: Parameters<End>): Promise<boolean> {
  const { configMap, inventory } = owned;
  if (kept.length === inventory.leftovers.length) return false;
  await writeOwned(kubernetes, { configMap, inventory: { ...inventory, leftovers: kept } }, options);
  return true;
}

function isHeld({ inventory: { appliedDigest, heldDigest } }: OwnedInventory, { digest }: RenderedUnit): boolean {
  return appliedDigest === digest && heldDigest === digest;
}

function isWanted(entry: InventoryEntry, { objects }: RenderedUnit): boolean {
  return objects.some((object) => isSame(referenceOf(object), entry));
}

function notHeld({ name, digest }: RenderedUnit, { inventory }: OwnedInventory): RolloutError {
  const found =
    inventory.appliedDigest === digest
      ? 'a gate that did not hold'
      : (inventory.appliedDigest ?? 'an unfinished apply');
  return new RolloutError('PlanStale', `unit ${name}: expected ${digest} with its gate held, found ${found}`);
}
