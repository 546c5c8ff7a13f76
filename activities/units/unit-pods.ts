import { textAt, textsAt, valueAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { podKindOf } from '../../model/kubernetes/pod-kinds.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';

/**
 * The pods of the newest template of a workload: those of an older one say nothing about this apply.
 * Empty when the workload selects by anything but labels.
 */
export async function newestPods(
  kubernetes: Kubernetes,
  workload: KubernetesObject,
  options: CallOptions,
): Promise<readonly KubernetesObject[]> {
  const selector = Object.entries(textsAt(workload, 'spec', 'selector', 'matchLabels'));
  const { namespace, uid } = workload.metadata;
  if (selector.length === 0 || namespace === undefined) return [];
  const scope = { namespace, labelSelector: selector.map(([key, value]) => `${key}=${value}`).join(',') };
  const pods = await kubernetes.list({ apiVersion: 'v1', kind: 'Pod', ...scope }, options);
  const alive = pods.filter((pod) => valueAt(pod, 'metadata', 'deletionTimestamp') === undefined);
  const owned = alive.filter((pod) => isOwnedBy(pod, uid));
  const newest = podKindOf(workload.kind)?.newest;
  if (newest === undefined) return owned;
  if (newest !== 'in its newest ReplicaSet') {
    const value = textAt(workload, ...newest.is);
    return owned.filter((pod) => pod.metadata.labels?.[newest.label] === value);
  }
  const sets = await kubernetes.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...scope }, options);
  const set = sets.find((each) => isOwnedBy(each, uid) && revisionOf(each) === revisionOf(workload));
  return set === undefined ? [] : alive.filter((pod) => isOwnedBy(pod, set.metadata.uid));
}

function revisionOf(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.['deployment.kubernetes.io/revision'];
}

function isOwnedBy(object: KubernetesObject, uid: string | undefined): boolean {
  const owners = valueAt(object, 'metadata', 'ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => textAt(owner, 'uid') === uid);
}
