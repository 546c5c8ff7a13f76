import { textAt, textsAt, valueAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
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
  switch (workload.kind) {
    case 'Deployment': {
      const sets = await kubernetes.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...scope }, options);
      const revision = revisionOf(workload);
      const newest = sets.find((set) => isOwnedBy(set, uid) && revisionOf(set) === revision);
      return newest === undefined ? [] : alive.filter((pod) => isOwnedBy(pod, newest.metadata.uid));
    }
    case 'StatefulSet': {
      const hash = textAt(workload, 'status', 'updateRevision');
      return alive.filter((pod) => isOwnedBy(pod, uid) && pod.metadata.labels?.['controller-revision-hash'] === hash);
    }
    case 'DaemonSet': {
      const generation = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
      return alive.filter(
        (pod) => isOwnedBy(pod, uid) && pod.metadata.labels?.['pod-template-generation'] === generation,
      );
    }
    default:
      return alive.filter((pod) => isOwnedBy(pod, uid));
  }
}

function revisionOf(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.['deployment.kubernetes.io/revision'];
}

function isOwnedBy(object: KubernetesObject, uid: string | undefined): boolean {
  const owners = valueAt(object, 'metadata', 'ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => textAt(owner, 'uid') === uid);
}
