import type { KubernetesObject } from './kubernetes-object.js';
import { podKinds } from './pod-kinds.js';

const first: readonly (readonly string[])[] = [
  ['Namespace'],
  ['CustomResourceDefinition'],
  ['PriorityClass', 'StorageClass', 'RuntimeClass', 'IngressClass'],
  ['ServiceAccount', 'ClusterRole', 'Role', 'ClusterRoleBinding', 'RoleBinding'],
  ['NetworkPolicy', 'ResourceQuota', 'LimitRange'],
  ['Secret', 'ConfigMap', 'PersistentVolume', 'PersistentVolumeClaim'],
  ['Service'],
  Object.keys(podKinds),
  ['PodDisruptionBudget', 'HorizontalPodAutoscaler', 'Ingress'],
];
const last = ['APIService', 'MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/**
 * Sorts the objects of a unit for their apply. Needed objects come first, custom resources after all built-in kinds,
 * and webhooks last. So no webhook refuses an object that must run before the webhook can answer.
 */
export function inApplyOrder(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return objects
    .map((object, index) => ({ object, index, rank: applyRank(object.kind) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ object }) => object);
}

/** Where a kind stands in the order of an apply; kinds of one rank do not need each other. */
export function applyRank(kind: string): number {
  const rank = first.findIndex((kinds) => kinds.includes(kind));
  if (rank >= 0) return rank;
  return last.includes(kind) ? first.length + 1 : first.length;
}
