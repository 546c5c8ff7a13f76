import { isRecord } from '../is-record.js';
import { numberAt, textAt } from '../json-value.js';
import { type KubernetesObject, type ObjectReference, referenceOf, isSame } from './kubernetes-object.js';
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
 * Annotation of an inventory: digest of the unit whose gate held. Set by a field manager of its own, so that an apply of the
 * same digest, however late, does not take it away; removed before another digest is applied.
 */
export const heldDigestAnnotation = 'groundswell.dev/gate-held';

/** One object of a unit; uid and generation are there once it is applied. */
export interface InventoryEntry extends ObjectReference {
  readonly uid?: string;
  readonly generation?: number;
}

/** What a unit owns in the cluster, kept in the ConfigMap `unit-<name>` and written before its objects are. */
export interface UnitInventory {
  readonly unit: string;
  readonly wave: number;
  /** Digest of the unit that is applied as a whole; `undefined` while or after an apply that did not end well. */
  readonly appliedDigest: string | undefined;
  /** Digest whose gate held since it was applied; `undefined` while it has not. */
  readonly heldDigest?: string;
  readonly objects: readonly InventoryEntry[];
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

/** The inventory to write after all objects were applied. */
export function inventoryAfter(
  before: UnitInventory,
  applied: { readonly digest: string; readonly objects: readonly KubernetesObject[] },
): UnitInventory {
  return {
    ...before,
    appliedDigest: applied.digest,
    objects: before.objects.map((entry) => {
      const object = applied.objects.find((candidate) => isSame(referenceOf(candidate), entry));
      return object === undefined ? entry : appliedEntry(entry, object);
    }),
  };
}

/** The inventory as the ConfigMap that is applied. */
export function inventoryConfigMap(inventory: UnitInventory): KubernetesObject {
  const { unit, appliedDigest } = inventory;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: inventoryReference(unit).name,
      namespace: systemNamespace,
      labels: { [managedByLabel]: 'groundswell', [unitLabel]: unit },
      ...annotated(appliedDigestAnnotation, appliedDigest),
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
  const { name } = inventoryReference(unit);
  const metadata = { name, namespace: systemNamespace, ...annotated(heldDigestAnnotation, digest) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
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
  return {
    ...(heldDigest === undefined ? {} : { heldDigest }),
    unit,
    wave: Number(textAt(configMap, 'data', 'wave')),
    appliedDigest: textAt(configMap, 'metadata', 'annotations', appliedDigestAnnotation),
    objects,
    leftovers: parseEntries(textAt(configMap, 'data', 'leftovers')) ?? [],
  };
}

function parseEntries(text: string | undefined): readonly InventoryEntry[] | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.flatMap(parseEntry) : undefined;
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
  return [
    {
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(generation === undefined ? {} : { generation }),
    },
  ];
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
