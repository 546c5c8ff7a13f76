import {
  type KubernetesObject,
  type ObjectReference,
  referenceOf,
} from '../../../model/kubernetes/kubernetes-object.js';
import type { World } from '../world.js';

/** Puts an object in. What is new, or has another spec than before, becomes ready after a while. */
export function putObject(world: World, object: KubernetesObject): void {
  const key = keyOf(referenceOf(object));
  const before = world.things.objects.get(key);
  world.things.objects.set(key, object);
  if (before?.metadata.generation !== object.metadata.generation) {
    world.things.readyAtMs.set(key, Date.now() + (world.durations.workload ?? 0) * 1000);
  }
}

type KubernetesEffect = 'create' | 'apply' | 'patch' | 'delete' | 'eviction';

/** Notes in the ledger what the audit log of a real API server would tell: who watches, sees the same lines. */
export function noteChange(world: World, effect: KubernetesEffect, object: KubernetesObject): void {
  const node = object.kind === 'Node' ? { node: object.metadata.name } : {};
  world.note({ system: 'kubernetes', effect, key: keyOf(referenceOf(object)), ...node });
}

export function keyOf({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${apiVersion}/${kind}/${namespace ?? ''}/${name}`;
}
