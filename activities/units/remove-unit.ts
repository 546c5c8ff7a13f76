import { isSame, referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import { inventoryReference, type InventoryEntry } from '../../model/kubernetes/unit-inventory.js';
import { removalName } from '../../model/kubernetes/unit-removal.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import type { PlanBody } from '../../model/plan/plan.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Look, Pace } from '../../systems/wait-until.js';
import { type ClusterConnectionDependencies, connectToCluster } from '../cluster-connection.js';
import { planBody } from '../plan-body.js';
import { pollCluster } from '../poll-cluster.js';
import { withHeartbeat } from '../with-heartbeat.js';
import { forgetSeen, type OwnedInventory, readOwned, writeOwned } from './owned-inventory.js';
import { type KeptEntry, removeOnce, withUids } from './remove-objects.js';

export type RemovalActivities = ReturnType<typeof createRemovalActivities>;

export interface RemovalDependencies extends ClusterConnectionDependencies {
  readonly artifacts: Artifacts;
}

interface RemovalInput {
  readonly plan: PlanReference;
  /** Name of the unit. */
  readonly unit: string;
  /** What a person allowed to go of what is protected: `Kind/name` or `Kind/namespace/name`. Default: nothing. */
  readonly confirmed?: readonly string[];
}

export interface RemovalOutcome {
  readonly changed: boolean;
  /** What stays, in the words that allow it to go: `PersistentVolumeClaim/data/redis`. */
  readonly left: readonly string[];
  /** Of what stays, why it does although nothing protects it or somebody allowed it. Absent when there is no such thing. */
  readonly why?: readonly string[];
}

/** 10 minutes: most of it is the time that pods have to end, and what controllers need for their finalizers. */
export const removalPace: Pace = { everyMs: 1_500, deadlineMs: 10 * 60_000 };

/** How what is no longer wanted of units goes. */
export function createRemovalActivities(dependencies: RemovalDependencies, pace: Pace = removalPace) {
  return {
    /**
     * Takes a unit out of the cluster: deletes what its inventory owns in the reverse order of kinds, each by the uid that the
     * inventory has and only while its label names this unit, waits until it is gone, then deletes the inventory. Claims,
     * volumes, namespaces and definitions stay unless they are confirmed, and so does what would take them along; the inventory
     * then stays with them, marked as done. Fails with `InputInvalid` when the spec has the unit, `UnitNotReady` after 10 minutes, naming what
     * holds it, `PlanStale` when somebody applies it meanwhile, `KubernetesRefused` or `KubernetesUnavailable`.
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

/** Makes an inventory such that its leftovers are what has to go; may write it. */
type Prepare = (kubernetes: Kubernetes, owned: OwnedInventory) => Promise<OwnedInventory>;

/** Writes down what stays. Whether that changed anything; `undefined` when somebody else wrote it meanwhile. */
type End = (
  kubernetes: Kubernetes,
  ended: { readonly owned: OwnedInventory; readonly kept: readonly InventoryEntry[] },
  options: CallOptions,
) => Promise<boolean | undefined>;

interface Removing {
  readonly body: PlanBody;
  readonly unit: string;
  readonly confirmed: readonly string[];
  readonly pace: Pace;
  readonly prepare: Prepare;
  readonly end: End;
}

async function untilGone(
  dependencies: RemovalDependencies,
  { body, unit, confirmed, pace, prepare, end }: Removing,
  options: CallOptions,
): Promise<RemovalOutcome> {
  let changed = false;
  const lookAt = async (kubernetes: Kubernetes, found: OwnedInventory): Promise<Look<readonly KeptEntry[]>> => {
    const owned = await prepare(kubernetes, found);
    changed ||= owned.configMap !== found.configMap;
    const { leftovers: entries } = owned.inventory;
    const round = await removeOnce(kubernetes, { entries, removal: { unit, confirmed } }, options);
    changed ||= round.changed;
    if (round.waitsFor !== undefined) return { waitsFor: round.waitsFor };
    const written = await end(kubernetes, { owned, kept: inOrder(entries, round.kept) }, options);
    changed ||= written === true;
    return written === undefined ? writtenByOthers : { done: round.kept };
  };
  const look = async (kubernetes: Kubernetes): Promise<Look<readonly KeptEntry[]>> => {
    const found = await readOwned(kubernetes, unit, options);
    if (found === undefined) return { done: [] };
    try {
      return await lookAt(kubernetes, found);
    } catch (error) {
      if (!(error instanceof RolloutError) || error.type !== 'KubernetesRefused') throw error;
      // another attempt may have deleted the inventory that this one was about to write
      const now = await readOwned(kubernetes, unit, options);
      if (now?.configMap.metadata.uid === found.configMap.metadata.uid) throw error;
      return writtenByOthers;
    }
  };
  const connect = (): Promise<Kubernetes> => connectToCluster(dependencies, body, options);
  const outcome = await pollCluster({ connect, pace, options, look });
  if ('done' in outcome) return outcomeOf(changed, outcome.done);
  const message = `unit ${unit}: not removed after ${pace.deadlineMs / 1_000} s: ${outcome.waitsFor}`;
  throw new RolloutError('UnitNotReady', message);
}

const writtenByOthers = { waitsFor: 'somebody else wrote its inventory' };

function outcomeOf(changed: boolean, kept: readonly KeptEntry[]): RemovalOutcome {
  const why = kept.flatMap((each) => each.why ?? []);
  const left = kept.map(({ entry }) => removalName(entry)).toSorted();
  return { changed, left, ...(why.length === 0 ? {} : { why: why.toSorted() }) };
}

/** As the inventory has them, so that the same ones are written the same way. */
function inOrder(entries: readonly InventoryEntry[], kept: readonly KeptEntry[]): readonly InventoryEntry[] {
  return entries.filter((entry) => kept.some((each) => each.entry === entry));
}

/** Before anything is deleted the inventory says that all of the unit has to go, and forgets what was seen of it. */
async function begin(kubernetes: Kubernetes, owned: OwnedInventory, options: CallOptions): Promise<OwnedInventory> {
  const { configMap, inventory } = await forgetSeen(kubernetes, owned, options);
  const { unit, wave, objects, leftovers } = inventory;
  const entries = await withUids(kubernetes, { entries: [...objects, ...leftovers], unit }, options);
  const begun = { unit, wave, appliedDigest: undefined, removal: 'begun', objects: [], leftovers: entries } as const;
  return writeOwned(kubernetes, { configMap, inventory: begun }, options);
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

function appliedAgain(unit: string): RolloutError {
  return new RolloutError('PlanStale', `unit ${unit}: somebody applied it again while it was removed`);
}
