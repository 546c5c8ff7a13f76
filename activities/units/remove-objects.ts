import { hasPods } from '../../model/health/verdict-of.js';
import { textsAt } from '../../model/json/json-value.js';
import { type KubernetesObject, objectTitle } from '../../model/kubernetes/kubernetes-object.js';
import { type InventoryEntry, unitLabel } from '../../model/kubernetes/unit-inventory.js';
import {
  fateOf,
  inRemovalOrder,
  type Removal,
  type Surroundings,
  type TakenAlong,
  takesAlong,
  whyNotGone,
} from '../../model/kubernetes/unit-removal.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { readInventories } from '../planning/observe-data.js';

/** An object that stays although its unit does not have it any more. */
export interface KeptEntry {
  readonly entry: InventoryEntry;
  /** What it would take along, where that is why it stays. */
  readonly along?: TakenAlong;
}

export interface RemovalRound {
  /** Whether it asked for the deletion of anything. */
  readonly changed: boolean;
  /** What has to go before the rest is looked at; `undefined` when all that may go is gone. */
  readonly waitsFor: string | undefined;
  /** What stays, where nothing is waited for. */
  readonly kept: readonly KeptEntry[];
}

/** Objects that a sentence names; the rest is counted. */
const longestList = 3;

/**
 * Asks once for the deletion of the objects of inventory entries, in the reverse order of kinds. Stops at the first kinds that
 * are not gone yet. Each is deleted by the uid of its entry. Fails with `KubernetesUnavailable` or `KubernetesRefused`.
 */
export async function removeOnce(
  kubernetes: Kubernetes,
  { entries, removal }: { readonly entries: readonly InventoryEntry[]; readonly removal: Removal },
  options: CallOptions,
): Promise<RemovalRound> {
  const look: RemovalLook = { kubernetes, removal, around: lookAround(kubernetes, removal.unit, options) };
  const kept: KeptEntry[] = [];
  let changed = false;
  for (const group of inRemovalOrder(entries)) {
    const ends = await Promise.all(group.map((entry) => removeOne(look, entry, options)));
    kept.push(...ends.flatMap((end) => end.kept ?? []));
    changed ||= ends.some((end) => end.changed === true);
    const waits = ends.flatMap((end) => end.waitsFor ?? []);
    if (waits.length > 0) return { changed, waitsFor: listed(waits), kept };
  }
  return { changed, waitsFor: undefined, kept };
}

/** Entries with the uids of objects whose apply nobody wrote the end of, where their label says that they are the unit's. */
export async function withUids(
  kubernetes: Kubernetes,
  { entries, unit }: { readonly entries: readonly InventoryEntry[]; readonly unit: string },
  options: CallOptions,
): Promise<readonly InventoryEntry[]> {
  const find = async (entry: InventoryEntry): Promise<InventoryEntry> => {
    if (entry.uid !== undefined) return entry;
    const metadata = (await kubernetes.get(entry, options))?.metadata;
    return metadata?.uid !== undefined && metadata.labels?.[unitLabel] === unit
      ? { ...entry, uid: metadata.uid }
      : entry;
  };
  return Promise.all(entries.map(find));
}

interface RemovalLook {
  readonly kubernetes: Kubernetes;
  readonly removal: Removal;
  /** Asked for only where something is about to be deleted. */
  readonly around: () => Promise<Surroundings>;
}

interface RemovalEnd {
  readonly changed?: boolean;
  readonly kept?: KeptEntry;
  readonly waitsFor?: string;
}

async function removeOne(look: RemovalLook, entry: InventoryEntry, options: CallOptions): Promise<RemovalEnd> {
  const { kubernetes, removal } = look;
  const live = await kubernetes.get(entry, options);
  const fate = fateOf({ entry, live }, removal);
  if (live === undefined || fate === 'gone' || fate === 'foreign') return {};
  if (fate === 'kept') return { kept: { entry } };
  if (fate === 'going') return { waitsFor: await goingText(kubernetes, { entry, live }, options) };
  const along = takesAlong(live, await look.around(), removal);
  if (along !== undefined) return { kept: { entry, along } };
  options.onProgress?.(`deletes ${objectTitle(entry)}`);
  const { uid = '' } = live.metadata;
  const changed = await kubernetes.delete({ ...entry, uid }, { ...options, propagation: 'Foreground' });
  const after = await kubernetes.get(entry, options);
  if (after?.metadata.uid !== uid) return { changed };
  return { changed, waitsFor: `${objectTitle(entry)} was asked to go` };
}

async function goingText(
  kubernetes: Kubernetes,
  { entry, live }: { readonly entry: InventoryEntry; readonly live: KubernetesObject },
  options: CallOptions,
): Promise<string> {
  const labels = Object.entries(textsAt(live, 'spec', 'selector', 'matchLabels'));
  const { namespace } = live.metadata;
  const asked = hasPods(live.kind) && labels.length > 0 && namespace !== undefined;
  const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
  const pods = asked ? await kubernetes.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector }, options) : [];
  return `${objectTitle(entry)} ${whyNotGone(live, pods)}`;
}

function lookAround(kubernetes: Kubernetes, unit: string, options: CallOptions): () => Promise<Surroundings> {
  let asked: Promise<Surroundings> | undefined;
  const ask = async (): Promise<Surroundings> => {
    const [claims, inventories] = await Promise.all([
      kubernetes.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, options),
      readInventories(kubernetes, options),
    ]);
    return { claims, others: inventories.filter((each) => each.unit !== unit) };
  };
  return () => (asked ??= ask());
}

function listed(texts: readonly string[]): string {
  const more = texts.length - longestList;
  return `${texts.slice(0, longestList).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
