import { conditionOf } from '../../../model/health/condition.js';
import { listAt, numberAt, textAt, valueAt } from '../../../model/json/json-value.js';
import { type KubernetesObject, referenceOf } from '../../../model/kubernetes/kubernetes-object.js';
import type { Eviction, PodToEvict } from '../../../systems/kubernetes/kubernetes.js';
import { budgetsOf } from './disruption-budgets.js';
import { keyOf, noteChange, putObject } from './kept-objects.js';
import { withStatus } from './object-status.js';

import type { World } from '../world.js';

/** A uid that an object must have for a removal to be about it. Default: any. */
interface Expected {
  readonly object: KubernetesObject | undefined;
  readonly uid: string | undefined;
}

/**
 * Deletes an object, and with it what it owns and what is in it, which takes no time here. What has finalizers is only marked.
 * `false` when there is none with that uid.
 */
export function deleteSimulated(world: World, { object, uid }: Expected): boolean {
  if (object === undefined || (uid !== undefined && object.metadata.uid !== uid)) return false;
  if (isGoing(object)) return true;
  noteChange(world, 'delete', object);
  if (listAt(object, 'metadata', 'finalizers').length > 0) putObject(world, marked(object));
  else forget(world, object);
  return true;
}

/**
 * Evicts a pod unless a budget forbids it. A pod with a controller comes back at once, under another name, on another Node that
 * takes pods, if there is one. No other part of the simulation keeps pods of workloads.
 */
export function evictSimulated(world: World, { namespace, name, uid }: PodToEvict): Eviction {
  const pod = world.things.objects.get(keyOf({ apiVersion: 'v1', kind: 'Pod', namespace, name }));
  if (pod === undefined || (uid !== undefined && pod.metadata.uid !== uid)) return 'gone';
  if (isGoing(pod)) return 'evicted';
  const budgets = [...world.things.objects.values()].filter(({ kind }) => kind === 'PodDisruptionBudget');
  const [budget] = budgetsOf(pod, budgets)
    .map((each) => withStatus(world, each))
    .filter((each) => (numberAt(each, 'status', 'disruptionsAllowed') ?? 0) < 1);
  if (budget !== undefined) return { refused: refusal(budget) };
  noteChange(world, 'eviction', pod);
  if (listAt(pod, 'metadata', 'finalizers').length > 0) putObject(world, marked(pod));
  else forget(world, pod);
  if (listAt(pod, 'metadata', 'ownerReferences').some((owner) => valueAt(owner, 'controller') === true)) {
    putObject(world, elsewhere(world, pod));
  }
  return 'evicted';
}

function refusal(budget: KubernetesObject): string {
  const needed = String(numberAt(budget, 'status', 'desiredHealthy'));
  const healthy = String(numberAt(budget, 'status', 'currentHealthy'));
  return `The disruption budget ${budget.metadata.name} needs ${needed} healthy pods and has ${healthy} currently [simulated]`;
}

function isGoing(object: KubernetesObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}

function marked(object: KubernetesObject): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, deletionTimestamp: new Date().toISOString() } };
}

function forget(world: World, object: KubernetesObject): void {
  const { objects, managed, readyAtMs } = world.things;
  const key = keyOf(referenceOf(object));
  objects.delete(key);
  readyAtMs.delete(key);
  for (const manager of [...managed.keys()]) if (manager.endsWith(` ${key}`)) managed.delete(manager);
  for (const other of [...objects.values()]) if (goesWith(other, object)) forget(world, other);
}

function goesWith(other: KubernetesObject, gone: KubernetesObject): boolean {
  if (gone.kind === 'Namespace' && other.metadata.namespace === gone.metadata.name) return true;
  const { uid } = gone.metadata;
  return (
    uid !== undefined && listAt(other, 'metadata', 'ownerReferences').some((owner) => textAt(owner, 'uid') === uid)
  );
}

function elsewhere(world: World, pod: KubernetesObject): KubernetesObject {
  const node = [...world.things.objects.values()]
    .filter(({ kind, metadata }) => kind === 'Node' && metadata.name !== textAt(pod, 'spec', 'nodeName'))
    .filter((each) => valueAt(each, 'spec', 'unschedulable') !== true)
    .find((each) => conditionOf(withStatus(world, each), 'Ready')?.status === 'True');
  const number = world.nextNumber();
  const { nodeName: _before, ...spec } = { ...(typeof pod['spec'] === 'object' ? pod['spec'] : {}), nodeName: '' };
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${number}`,
      uid: `uid-${number}`,
      resourceVersion: String(number),
      generation: 1,
    },
    spec: node === undefined ? spec : { ...spec, nodeName: node.metadata.name },
  };
}
