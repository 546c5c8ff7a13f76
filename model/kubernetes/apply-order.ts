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
 * The objects of a unit in the order in which they are applied: what others need comes first, custom resources after
 * everything built in, webhooks last, so that none of them refuses what has to run before it can answer.
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
