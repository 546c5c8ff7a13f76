import { canonicalJson } from '../json/canonical-json.js';
import { isRecord } from '../json/is-record.js';
import { valueAt } from '../json/json-value.js';
import { type KubernetesObject, objectTitle } from '../kubernetes/kubernetes-object.js';
import { referenceOf } from '../kubernetes/kubernetes-object.js';

/** Paths of the values of a Secret, and the path where `kubectl get -o yaml` repeats them. */
const places: readonly (readonly string[])[] = [['data'], ['stringData'], ['metadata', 'annotations']];
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export function isSecret({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'Secret';
}

/** One value of a Secret: `stringData.password`. */
export interface SecretValue {
  readonly field: string;
  readonly value: unknown;
}

/** The values of a Secret that are secret; none of any other object. */
export function secretValues(object: KubernetesObject): readonly SecretValue[] {
  if (!isSecret(object)) return [];
  return places.flatMap((path) =>
    entriesAt(object, path).map(([key, value]) => ({ field: [...path, key].join('.'), value })),
  );
}

/**
 * An object as a plan keeps it: a Secret with a digest in place of each value, anything else as it is. `digest` is keyed, so
 * that nobody finds a value by trying; the same value at another place has another digest.
 */
export function withheld(object: KubernetesObject, digest: (text: string) => string): KubernetesObject {
  if (!isSecret(object)) return object;
  const title = objectTitle(referenceOf(object));
  const hidden = (path: readonly string[]): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      entriesAt(object, path).map(([key, value]) => [
        key,
        `withheld:${digest(canonicalJson([title, ...path, key, value])).slice(0, 32)}`,
      ]),
    );
  const { metadata } = object;
  return {
    ...object,
    ...('data' in object ? { data: hidden(['data']) } : {}),
    ...('stringData' in object ? { stringData: hidden(['stringData']) } : {}),
    metadata: { ...metadata, ...annotated(metadata.annotations, hidden(['metadata', 'annotations'])) },
  };
}

/** In which fields two objects of a name differ, as `stringData.password`; `other fields` for what is no value of a Secret. */
export function differingFields(a: KubernetesObject, b: KubernetesObject): readonly string[] {
  const [ofA, ofB] = [a, b].map((object) => new Map(secretValues(object).map(({ field, value }) => [field, value])));
  const fields = [...new Set([...(ofA?.keys() ?? []), ...(ofB?.keys() ?? [])])];
  const differing = fields.filter((field) => canonicalJson(ofA?.get(field)) !== canonicalJson(ofB?.get(field)));
  return differing.length > 0 ? differing : ['other fields'];
}

function entriesAt(object: KubernetesObject, path: readonly string[]): readonly (readonly [string, unknown])[] {
  const found = valueAt(object, ...path);
  const entries = isRecord(found) ? Object.entries(found) : [];
  return path[0] === 'metadata' ? entries.filter(([key]) => key === lastApplied) : entries;
}

function annotated(
  annotations: KubernetesObject['metadata']['annotations'],
  hidden: Readonly<Record<string, unknown>>,
): Pick<KubernetesObject['metadata'], 'annotations'> {
  if (annotations === undefined || Object.keys(hidden).length === 0) return {};
  return { annotations: { ...annotations, [lastApplied]: String(hidden[lastApplied]) } };
}
