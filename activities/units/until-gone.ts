import type { InventoryEntry } from '../../model/kubernetes/unit-inventory.js';
import { removalName } from '../../model/kubernetes/unit-removal.js';
import type { PlanBody } from '../../model/plan/plan.js';
import type { PlanReference } from '../../model/plan/plan-skeleton.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Look, Pace } from '../../systems/wait-until.js';
import { type ClusterConnectionDependencies, connectToCluster } from '../cluster-connection.js';
import { pollCluster } from '../poll-cluster.js';
import { type OwnedInventory, readOwned } from './owned-inventory.js';
import { type KeptEntry, removeOnce } from './remove-objects.js';

export interface RemovalDependencies extends ClusterConnectionDependencies {
  readonly artifacts: Artifacts;
}

export interface RemovalInput {
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

/** Makes an inventory such that its leftovers are what has to go; may write it. */
export type Prepare = (kubernetes: Kubernetes, owned: OwnedInventory) => Promise<OwnedInventory>;

/** Writes down what stays. Whether that changed anything; `undefined` when somebody else wrote it meanwhile. */
export type End = (
  kubernetes: Kubernetes,
  ended: { readonly owned: OwnedInventory; readonly kept: readonly InventoryEntry[] },
  options: CallOptions,
) => Promise<boolean | undefined>;

export interface Removing {
  readonly body: PlanBody;
  readonly unit: string;
  readonly confirmed: readonly string[];
  readonly pace: Pace;
  readonly prepare: Prepare;
  readonly end: End;
}

/**
 * Looks at the inventory of a unit, and asks that what `prepare` makes its leftovers goes, until only what has to stay is left. Fails
 * with `UnitNotReady`, naming what holds the rest, or as its parts do.
 */
export async function untilGone(
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
  const why = kept.flatMap(whyKept);
  const left = new Set(kept.flatMap(namesOf));
  return { changed, left: [...left].toSorted(), ...(why.length === 0 ? {} : { why: why.toSorted() }) };
}

/** What has to be named so that it goes: the claims that go with it, where it stays for their sake. */
function namesOf({ entry, along }: KeptEntry): readonly string[] {
  return along === undefined || along.claims.length === 0 ? [removalName(entry)] : along.claims;
}

function whyKept({ entry, along }: KeptEntry): readonly string[] {
  if (along === undefined) return [];
  const others = along.units.map((unit) => `objects of unit ${unit}`);
  return [`${removalName(entry)} stays: ${[...along.claims, ...others].join(', ')} would go with it`];
}

/** As the inventory has them, so that the same ones are written the same way. */
function inOrder(entries: readonly InventoryEntry[], kept: readonly KeptEntry[]): readonly InventoryEntry[] {
  return entries.filter((entry) => kept.some((each) => each.entry === entry));
}
