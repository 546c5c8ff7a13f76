import { textAt, textsAt, valueAt } from '../../model/json/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { podKindOf } from '../../model/kubernetes/pod-kinds.js';
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
  const owned = alive.filter((pod) => isOwnedBy(pod, uid));
  const newest = podKindOf(workload.kind)?.newest;
  // with OnDelete a pod of an older template stays until a person deletes it
  const isLeftToPeople =
    workload.kind === 'DaemonSet' && textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete';
  if (newest === undefined || isLeftToPeople) return owned;
  if (newest !== 'in its newest ReplicaSet') {
    const value = textAt(workload, ...newest.is);
    return owned.filter((pod) => pod.metadata.labels?.[newest.label] === value);
  }
  const sets = await kubernetes.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...scope }, options);
  const set = sets.find((each) => isOwnedBy(each, uid) && revisionOf(each) === revisionOf(workload));
  return set === undefined ? [] : alive.filter((pod) => isOwnedBy(pod, set.metadata.uid));
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
