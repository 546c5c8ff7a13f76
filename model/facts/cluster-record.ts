import { canonicalJson } from '../canonical-json.js';
import { isRecord } from '../is-record.js';
import { textAt } from '../json-value.js';
import type { KubernetesObject, ObjectReference } from '../kubernetes/kubernetes-object.js';
import type { ClusterSpec } from '../spec/spec.js';
import { managedByLabel, systemNamespace } from '../kubernetes/unit-inventory.js';
import { sourceOf } from '../spec/unit-source.js';

/** Values of fields of a spec by their path, each as JSON in one order. A secret is never among them, only its reference. */
export type Settings = Readonly<Record<string, string>>;

/** What the cluster itself remembers of the spec: what nothing else in the world tells. Absent where it was never written. */
export interface ClusterRecord {
  /** Fields that a cluster keeps as it was made; written once, when `kubeadm init` ends. */
  readonly made?: Settings;
  /** Fields that take effect by themselves; written whenever a roll-out was verified. */
  readonly settled?: Settings;
}

type Part = keyof ClusterRecord;

/** The ConfigMap that holds it. Each part is a key of its own, written by a field manager of its own. */
export const recordReference: ObjectReference = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: 'cluster',
  namespace: systemNamespace,
};

/** Fields that nothing changes later, by path: hosts and `kubeadm init` were given them once. */
export function madeSettings({ access, kubernetes }: ClusterSpec): Settings {
  return jsonValues({
    'access.user': access.user,
    'kubernetes.cni': kubernetes.cni,
    'kubernetes.cniManifest': kubernetes.cniManifest,
    'kubernetes.cniManifestSha256': kubernetes.cniManifestSha256 ?? null,
    'kubernetes.kubelet': kubernetes.kubelet,
    'kubernetes.kubeProxy': kubernetes.kubeProxy,
  });
}

/** Fields that the next roll-out or launch simply goes by, and that leave no trace of their own. */
export function settledSettings({
  access,
  approval,
  image,
  kubernetes,
  nodes,
  unapproved,
  units,
}: ClusterSpec): Settings {
  return {
    ...jsonValues({
      approval,
      unapproved,
      image,
      'access.address': access.address,
      'access.key': access.key,
      'kubernetes.ignorePreflightErrors': kubernetes.ignorePreflightErrors,
      'kubernetes.packages.trusted': kubernetes.packages.trusted ?? false,
    }),
    ...named('nodes', nodes, ({ instanceTypes, zones }) => ({ instanceTypes, zones })),
    ...named('units', units, (unit) => ({ wave: unit.wave, [sourceOf(unit).kind]: sourceOf(unit).place })),
  };
}

/** Paths whose value is another one than was recorded. A node or unit that came or went is no difference here. */
export function differingPaths(recorded: Settings, wanted: Settings): readonly string[] {
  return Object.entries(wanted)
    .filter(([path, value]) => recorded[path] !== undefined && recorded[path] !== value)
    .map(([path]) => path);
}

/**
 * What of these fields is not as the cluster was made, or was never compared because nobody recorded it; `undefined` when
 * all of them are.
 */
export function madeNote(spec: ClusterSpec, { made }: ClusterRecord, paths: readonly string[]): string | undefined {
  if (made === undefined)
    return `the cluster has no record of its first values, so Groundswell did not compare: ${paths.join(', ')}`;
  const wanted = madeSettings(spec);
  const differing = differingPaths(made, wanted).filter((path) => paths.includes(path));
  if (differing.length === 0) return undefined;
  const values = differing.map((path) => `${path} is ${made[path] ?? ''}, the spec says ${wanted[path] ?? ''}`);
  return `the cluster keeps these values for life: ${values.join('; ')}`;
}

/** One part of the record as the object that its field manager applies. */
export function recordObject(part: Part, settings: Settings): KubernetesObject {
  const { apiVersion, kind, name, namespace } = recordReference;
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: { [managedByLabel]: 'groundswell' } },
    data: { [part]: canonicalJson(settings) },
  };
}

/** What a ConfigMap remembers; a part that cannot be read was never written. */
export function parseRecord(configMap: KubernetesObject | undefined): ClusterRecord {
  const made = settingsIn(textAt(configMap, 'data', 'made'));
  const settled = settingsIn(textAt(configMap, 'data', 'settled'));
  return { ...(made === undefined ? {} : { made }), ...(settled === undefined ? {} : { settled }) };
}

function settingsIn(text: string | undefined): Settings | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (!isRecord(value)) return undefined;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])),
    );
  } catch {
    return undefined;
  }
}

/** Settings of things that have a name: `units.redis.wave`. */
function named<Thing extends { readonly name: string }>(
  list: string,
  things: readonly Thing[],
  fields: (thing: Thing) => Readonly<Record<string, unknown>>,
): Settings {
  const entries = things.flatMap((thing) =>
    Object.entries(fields(thing)).map(([field, value]): [string, unknown] => [`${list}.${thing.name}.${field}`, value]),
  );
  return jsonValues(Object.fromEntries(entries));
}

function jsonValues(values: Readonly<Record<string, unknown>>): Settings {
  return Object.fromEntries(Object.entries(values).map(([path, value]) => [path, canonicalJson(value)]));
}
