import { isRecord } from '../is-record.js';
import { numberAt, textAt } from '../json-value.js';
import { isSame, objectTitle, referenceOf, type KubernetesObject, type ObjectReference } from './kubernetes-object.js';
import type { RenderedUnit } from './rendered-unit.js';

/** Namespace of what Groundswell itself keeps in the cluster. */
export const systemNamespace = 'groundswell-system';
/** Label of every object that a unit owns, and of its inventory; the value is the unit's name. */
export const unitLabel = 'groundswell.dev/unit';
/** Label of what Groundswell made beside the objects of units; its value is `groundswell`. */
export const managedByLabel = 'groundswell.dev/managed-by';
/** Annotation of an inventory: digest of the unit that is applied as a whole. Absent while an apply is under way. */
export const appliedDigestAnnotation = 'groundswell.dev/applied-digest';

/**
 * Annotation of an inventory: digest of the unit whose gate held. A separate field manager sets it, so that an apply of
 * the same digest, however late, does not remove it. It is removed before the apply of another digest.
 */
export const heldDigestAnnotation = 'groundswell.dev/gate-held';

/**
 * Annotation of an inventory: the uids of Jobs that were seen complete and that Kubernetes deletes after their end, as a JSON
 * list. Set by a field manager of its own, so that no apply takes it away.
 */
export const seenCompleteAnnotation = 'groundswell.dev/seen-complete';

/**
 * Annotation of an inventory whose unit is taken out of the cluster: `begun`, or `done` when only what nobody allowed to go is
 * left of it. The next apply of the unit takes it away.
 */
export const removalAnnotation = 'groundswell.dev/removal';

/** What is to be known of a Job that Kubernetes deletes after its end. */
export interface PassingJob {
  /** How long after it. */
  readonly secondsAfterEnd: number;
  /** Digest of what it is applied as. */
  readonly manifest: string;
}

/** One object of a unit; uid and generation are there once it is applied. */
export interface InventoryEntry extends ObjectReference {
  readonly uid?: string;
  readonly generation?: number;
  /** Of a Job that goes by itself: absent in inventories of earlier builds. */
  readonly passing?: PassingJob;
}

/** What a unit owns in the cluster, kept in the ConfigMap `unit-<name>` and written before its objects are. */
export interface UnitInventory {
  readonly unit: string;
  readonly wave: number;
  /** Digest of the unit that is applied as a whole; `undefined` while or after an apply that did not end well. */
  readonly appliedDigest: string | undefined;
  /** Digest whose gate held since it was applied; `undefined` while it has not. */
  readonly heldDigest?: string;
  /** Uids of Jobs that were seen complete: they are done for good, although they go. */
  readonly seenComplete?: readonly string[];
  readonly objects: readonly InventoryEntry[];
  /** Of a unit that is taken out of the cluster: whether that has ended. All that is left of it are leftovers. */
  readonly removal?: 'begun' | 'done';
  /** Objects of earlier applies that the unit no longer has. They are kept here so that they can be found. */
  readonly leftovers: readonly InventoryEntry[];
}

/** A namespace that Groundswell makes because something of it has to be somewhere. */
export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { [managedByLabel]: 'groundswell' } } };
}

export function inventoryReference(unit: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', name: `unit-${unit}`, namespace: systemNamespace };
}

/** The inventory to write before the objects of a unit: everything that is about to be applied, nothing forgotten. */
export function inventoryBefore(previous: UnitInventory | undefined, unit: RenderedUnit): UnitInventory {
  const known = [...(previous?.objects ?? []), ...(previous?.leftovers ?? [])];
  const wanted = unit.objects.map(referenceOf);
  return {
    unit: unit.name,
    wave: unit.wave,
    appliedDigest: undefined,
    objects: wanted.map((reference) => known.find((entry) => isSame(entry, reference)) ?? reference),
    leftovers: known.filter((entry) => !wanted.some((reference) => isSame(entry, reference))),
  };
}

interface AppliedUnit {
  readonly digest: string;
  /** As the API server answered. What is left out stays as the inventory knows it. */
  readonly objects: readonly KubernetesObject[];
  /** Its Jobs that go by themselves, by title. Default: none. */
  readonly passing?: ReadonlyMap<string, PassingJob>;
}

/** The inventory to write after all objects were applied. */
export function inventoryAfter(before: UnitInventory, applied: AppliedUnit): UnitInventory {
  return {
    ...before,
    appliedDigest: applied.digest,
    objects: before.objects.map((entry) => {
      const object = applied.objects.find((candidate) => isSame(referenceOf(candidate), entry));
      if (object === undefined) return entry;
      const passing = applied.passing?.get(objectTitle(entry));
      return { ...appliedEntry(entry, object), ...(passing === undefined ? {} : { passing }) };
    }),
  };
}

/** The inventory as the ConfigMap that is applied. */
export function inventoryConfigMap(inventory: UnitInventory): KubernetesObject {
  const { unit, appliedDigest, removal } = inventory;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: inventoryReference(unit).name,
      namespace: systemNamespace,
      labels: { [managedByLabel]: 'groundswell', [unitLabel]: unit },
      ...(removal === undefined
        ? annotated(appliedDigestAnnotation, appliedDigest)
        : annotated(removalAnnotation, removal)),
    },
    data: {
      unit,
      wave: String(inventory.wave),
      objects: JSON.stringify(inventory.objects),
      leftovers: JSON.stringify(inventory.leftovers),
    },
  };
}

/** What the field manager of the gate says of an inventory: whose gate held, or that nobody's did. */
export function heldMark(unit: string, digest: string | undefined): KubernetesObject {
  return mark(unit, annotated(heldDigestAnnotation, digest));
}

/** What its own field manager says of an inventory: the uids of Jobs that were seen complete. */
export function seenCompleteMark(unit: string, uids: readonly string[]): KubernetesObject {
  return mark(unit, annotated(seenCompleteAnnotation, JSON.stringify(uids)));
}

function mark(unit: string, annotations: Pick<KubernetesObject['metadata'], 'annotations'>): KubernetesObject {
  const { name } = inventoryReference(unit);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: systemNamespace, ...annotations } };
}

/** No annotation is no map: server-side apply takes an empty one for a value, which somebody else may own. */
function annotated(name: string, value: string | undefined): Pick<KubernetesObject['metadata'], 'annotations'> {
  return value === undefined ? {} : { annotations: { [name]: value } };
}

/** The inventory that a ConfigMap holds; `undefined` when it holds none. */
export function parseInventory(configMap: KubernetesObject): UnitInventory | undefined {
  const unit = textAt(configMap, 'data', 'unit');
  const objects = parseEntries(textAt(configMap, 'data', 'objects'));
  if (unit === undefined || objects === undefined) return undefined;
  const heldDigest = textAt(configMap, 'metadata', 'annotations', heldDigestAnnotation);
  const seenComplete = parseUids(textAt(configMap, 'metadata', 'annotations', seenCompleteAnnotation));
  const removal = textAt(configMap, 'metadata', 'annotations', removalAnnotation);
  return {
    ...(removal === 'begun' || removal === 'done' ? { removal } : {}),
    ...(heldDigest === undefined ? {} : { heldDigest }),
    ...(seenComplete.length === 0 ? {} : { seenComplete }),
    unit,
    wave: Number(textAt(configMap, 'data', 'wave')),
    appliedDigest: textAt(configMap, 'metadata', 'annotations', appliedDigestAnnotation),
    objects,
    leftovers: parseEntries(textAt(configMap, 'data', 'leftovers')) ?? [],
  };
}

function parseEntries(text: string | undefined): readonly InventoryEntry[] | undefined {
  return parseList(text)?.flatMap(parseEntry);
}

function parseUids(text: string | undefined): readonly string[] {
  return (parseList(text) ?? []).filter((uid) => typeof uid === 'string');
}

function parseList(text: string | undefined): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function parseEntry(value: unknown): readonly InventoryEntry[] {
  const apiVersion = textAt(value, 'apiVersion');
  const kind = textAt(value, 'kind');
  const name = textAt(value, 'name');
  if (!isRecord(value) || apiVersion === undefined || kind === undefined || name === undefined) return [];
  const namespace = textAt(value, 'namespace');
  const uid = textAt(value, 'uid');
  const generation = numberAt(value, 'generation');
  const passing = parsePassing(value['passing']);
  return [
    {
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(generation === undefined ? {} : { generation }),
      ...(passing === undefined ? {} : { passing }),
    },
  ];
}

function parsePassing(value: unknown): PassingJob | undefined {
  const secondsAfterEnd = numberAt(value, 'secondsAfterEnd');
  const manifest = textAt(value, 'manifest');
  return secondsAfterEnd === undefined || manifest === undefined ? undefined : { secondsAfterEnd, manifest };
}

function appliedEntry(entry: InventoryEntry, { metadata }: KubernetesObject): InventoryEntry {
  const { apiVersion, kind, name, namespace } = entry;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(metadata.generation === undefined ? {} : { generation: metadata.generation }),
  };
}
