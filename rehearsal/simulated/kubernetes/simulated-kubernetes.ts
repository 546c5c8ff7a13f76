import { canonicalJson } from '../../../model/canonical-json.js';
import { textsAt, valueAt } from '../../../model/json-value.js';
import type { KubernetesObject, ObjectReference } from '../../../model/kubernetes/kubernetes-object.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { JsonPatchOperation, Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { daemonPods, withStatus } from './object-status.js';
import { keyOf, noteChange, putObject } from './kept-objects.js';
import { deleteSimulated, evictSimulated } from './removed-objects.js';
import type { World } from '../world.js';

/**
 * A Kubernetes API without a cluster behind it. It keeps objects as applied, and computes the status that controllers
 * and kubelets would have given them by now (`object-status.ts`).
 */
export function createSimulatedKubernetes(world: World): Kubernetes {
  const { objects } = world.things;
  const seen = (object: KubernetesObject): KubernetesObject => withStatus(world, object);

  return {
    async get(reference) {
      const object = objects.get(keyOf(reference));
      return object === undefined ? undefined : seen(object);
    },
    async list({ apiVersion, kind, namespace, labelSelector, fieldSelector }) {
      const pods = kind === 'Pod' ? daemonPods(world) : [];
      return [...[...objects.values()].map(seen), ...pods]
        .filter((object) => object.apiVersion === apiVersion && object.kind === kind)
        .filter((object) => namespace === undefined || object.metadata.namespace === namespace)
        .filter((object) => matchesLabels(object, labelSelector) && matchesField(object, fieldSelector));
    },
    async apply(object, { fieldManager, dryRun }) {
      const key = keyOf(referenceTo(object));
      const before = objects.get(key);
      refuseAnother(before, object);
      const manager = `${fieldManager} ${key}`;
      const next = merged(world, { before, object, managed: world.things.managed.get(manager) });
      if (dryRun === true) return { object: seen(next), changed: false };
      world.things.managed.set(manager, object);
      if (before !== undefined && sameIntent(before, next)) return { object: seen(before), changed: false };
      putObject(world, next);
      noteChange(world, 'apply', next);
      return { object: seen(next), changed: true };
    },
    async patch(reference, patch) {
      const key = keyOf(reference);
      const before = objects.get(key);
      if (before === undefined) throw new RolloutError('KubernetesRefused', `${key}: not found [simulated]`);
      const next = patch.reduce(patched, before);
      if (sameIntent(before, next)) return seen(before);
      const changed = { ...next, metadata: { ...next.metadata, resourceVersion: version(world) } };
      putObject(world, changed);
      noteChange(world, 'patch', changed);
      return seen(changed);
    },
    async podLog({ namespace, name }) {
      throw new RolloutError(
        'KubernetesRefused',
        `pod ${namespace}/${name}: no program runs, so none logs [simulated]`,
      );
    },
    evict: (pod) => Promise.resolve(evictSimulated(world, pod)),
    delete: (reference) =>
      Promise.resolve(deleteSimulated(world, { object: objects.get(keyOf(reference)), uid: reference.uid })),
  };
}

/** What names a uid or a version is only about the object that has it. */
function refuseAnother(before: KubernetesObject | undefined, { kind, metadata }: KubernetesObject): void {
  const { name, uid, resourceVersion } = metadata;
  if (uid !== undefined && uid !== before?.metadata.uid) {
    throw new RolloutError('KubernetesRefused', `${kind} ${name}: uid mismatch: there is no such object [simulated]`);
  }
  if (resourceVersion !== undefined && resourceVersion !== before?.metadata.resourceVersion) {
    throw new RolloutError('KubernetesUnavailable', `${kind} ${name}: the object has been modified [simulated]`);
  }
}

function referenceTo({ apiVersion, kind, metadata }: KubernetesObject): ObjectReference {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function version(world: World): string {
  return String(world.nextNumber());
}

interface Merge {
  readonly before: KubernetesObject | undefined;
  readonly object: KubernetesObject;
  /** What this field manager applied last. */
  readonly managed: KubernetesObject | undefined;
}

/**
 * Merges labels, annotations and the data of a ConfigMap as server-side apply does. Entries of others stay; entries go
 * that this field manager applied last and no longer applies. The rest is replaced.
 */
function merged(world: World, { before, object, managed }: Merge): KubernetesObject {
  const keysOf = (field: 'labels' | 'annotations'): Readonly<Record<string, string>> =>
    mergedKeys(before?.metadata[field], managed?.metadata[field], object.metadata[field]);
  const metadata = {
    ...before?.metadata,
    ...object.metadata,
    labels: keysOf('labels'),
    annotations: keysOf('annotations'),
    uid: before?.metadata.uid ?? `uid-${world.nextNumber()}`,
    generation: before === undefined ? 1 : (before.metadata.generation ?? 1) + (sameSpec(before, object) ? 0 : 1),
    resourceVersion: version(world),
  };
  const data = mergedKeys(textsAt(before, 'data'), textsAt(managed, 'data'), textsAt(object, 'data'));
  return { ...before, ...object, ...(object.kind === 'ConfigMap' ? { data } : {}), metadata };
}

function mergedKeys(
  before: Readonly<Record<string, string>> = {},
  own: Readonly<Record<string, string>> = {},
  wanted: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const others = Object.entries(before).filter(([key]) => !Object.hasOwn(own, key));
  return { ...Object.fromEntries(others), ...wanted };
}

function sameSpec(before: KubernetesObject, object: KubernetesObject): boolean {
  return object['spec'] === undefined || JSON.stringify(before['spec']) === JSON.stringify(object['spec']);
}

function sameIntent(before: KubernetesObject, next: KubernetesObject): boolean {
  const intent = ({ metadata, status: _status, ...rest }: KubernetesObject): string => {
    const { resourceVersion: _version, ...kept } = metadata;
    return canonicalJson({ ...rest, metadata: kept });
  };
  return intent(before) === intent(next);
}

function patched(object: KubernetesObject, { op, path, value }: JsonPatchOperation): KubernetesObject {
  if (op === 'test') {
    if (valueAt(object, ...path.split('/').slice(1)) === value) return object;
    throw new RolloutError(
      'KubernetesRefused',
      `${object.kind} ${object.metadata.name}: test ${path} does not hold [simulated]`,
    );
  }
  const [, top = '', field = ''] = path.split('/');
  const parent = object[top];
  if (path.split('/').length !== 3 || typeof parent !== 'object' || parent === null) {
    throw new RolloutError('KubernetesRefused', `patch ${op} ${path}: not simulated`);
  }
  return { ...object, [top]: { ...parent, [field]: value } };
}

function matchesLabels(object: KubernetesObject, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  return selector.split(',').every((term) => {
    const [key = '', value] = term.split('=');
    const label = object.metadata.labels?.[key];
    return value === undefined ? label !== undefined : label === value;
  });
}

function matchesField(object: KubernetesObject, selector: string | undefined): boolean {
  if (selector === undefined) return true;
  const [path = '', value] = selector.split('=');
  let current: unknown = object;
  for (const part of path.split('.')) {
    current = typeof current === 'object' && current !== null ? new Map(Object.entries(current)).get(part) : undefined;
  }
  return current === value;
}
