import { textAt, textsAt, valueAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';

/** Pods of a workload. */
export interface WorkloadPods {
  /** Everything that it owns itself, of whatever template, also what is going. A Deployment owns none. */
  readonly own: readonly KubernetesObject[];
  /** Those of its newest template: those of an older one say nothing about this apply, but where a person has to delete them. */
  readonly newest: readonly KubernetesObject[];
}

/** The pods of a workload; none when it selects by anything but labels. */
export async function podsOf(
  kubernetes: Kubernetes,
  workload: KubernetesObject,
  options: CallOptions,
): Promise<WorkloadPods> {
  const selector = Object.entries(textsAt(workload, 'spec', 'selector', 'matchLabels'));
  const { namespace } = workload.metadata;
  if (selector.length === 0 || namespace === undefined) return { own: [], newest: [] };
  const scope = { namespace, labelSelector: selector.map(([key, value]) => `${key}=${value}`).join(',') };
  const pods = await kubernetes.list({ apiVersion: 'v1', kind: 'Pod', ...scope }, options);
  const own = pods.filter((pod) => isOwnedBy(pod, workload.metadata.uid));
  return { own, newest: await newestOf(kubernetes, { workload, scope, pods }, options) };
}

async function newestOf(
  kubernetes: Kubernetes,
  { workload, scope, pods }: Selected,
  options: CallOptions,
): Promise<readonly KubernetesObject[]> {
  const { uid } = workload.metadata;
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
      if (textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') break;
      const generation = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
      return alive.filter(
        (pod) => isOwnedBy(pod, uid) && pod.metadata.labels?.['pod-template-generation'] === generation,
      );
    }
  }
  return alive.filter((pod) => isOwnedBy(pod, uid));
}

interface Selected {
  readonly workload: KubernetesObject;
  readonly scope: { readonly namespace: string; readonly labelSelector: string };
  readonly pods: readonly KubernetesObject[];
}

function revisionOf(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.['deployment.kubernetes.io/revision'];
}

function isOwnedBy(object: KubernetesObject, uid: string | undefined): boolean {
  const owners = valueAt(object, 'metadata', 'ownerReferences');
  return Array.isArray(owners) && owners.some((owner) => textAt(owner, 'uid') === uid);
}
