import { canonicalJson } from '../canonical-json.js';
import { withoutServerFields } from './intended-object.js';
import { isRecord } from '../is-record.js';
import type { KubernetesObject } from './kubernetes-object.js';

/**
 * Paths of the fields in which an object differs from the result of an apply, such as `spec.ports.0.port`: changed,
 * missing and surplus fields. Status and what the API server fills in do not count.
 */
export function driftPaths(live: KubernetesObject, applied: KubernetesObject): readonly string[] {
  return differing(withoutServerFields(live), withoutServerFields(applied));
}

function differing(a: unknown, b: unknown, path = ''): readonly string[] {
  const [left, right] = [fieldsOf(a), fieldsOf(b)];
  if (left === undefined || right === undefined) {
    return canonicalJson(a ?? null) === canonicalJson(b ?? null) ? [] : [path];
  }
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return names.flatMap((name) => differing(left.get(name), right.get(name), path === '' ? name : `${path}.${name}`));
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.map((item: unknown, index) => [String(index), item]));
  return isRecord(value) ? new Map(Object.entries(value)) : undefined;
}
