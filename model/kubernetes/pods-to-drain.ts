import { listAt, numberAt, textAt, valueAt } from '../json/json-value.js';
import { type KubernetesObject, objectTitle, referenceOf } from './kubernetes-object.js';
import { fitsSelector } from './label-selector.js';

/** What a drain does with the pods of a node. */
export interface PodsToDrain {
  /** They are evicted: whoever made them makes them again on another node. */
  readonly evicted: readonly KubernetesObject[];
  /** They were asked to go and have not ended yet. */
  readonly going: readonly KubernetesObject[];
  /** They end with their node, each with the reason in one clause. */
  readonly staying: readonly { readonly pod: KubernetesObject; readonly reason: string }[];
  /** Of those that are evicted or going, what has no other home: `Pod default/tool: no controller makes it again`. */
  readonly homeless: readonly string[];
}

/** Annotation of the pod by which a kubelet shows a static one: nobody but that kubelet ends it. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/** Sorts the pods of a node by what becomes of them when it is drained, as `kubectl drain` does. Pods of other nodes are left out. */
export function podsToDrain(node: string, pods: readonly KubernetesObject[]): PodsToDrain {
  const here = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === node);
  const judged = here.map((pod) => ({ pod, reason: whyStaying(pod) }));
  const leaving = judged.flatMap(({ pod, reason }) => (reason === undefined ? [pod] : []));
  return {
    evicted: leaving.filter((pod) => !isGoing(pod)),
    going: leaving.filter(isGoing),
    staying: judged.flatMap(({ pod, reason }) => (reason === undefined ? [] : [{ pod, reason }])),
    homeless: leaving.flatMap((pod) => whyHomeless(pod).map((why) => `${objectTitle(referenceOf(pod))}: ${why}`)),
  };
}

/**
 * What keeps a pod from its eviction, in one clause: `PodDisruptionBudget default/api allows 0 disruptions (2 healthy, 2 needed)`.
 * Nothing when none of the budgets that are for it forbids it now.
 */
export function budgetsAgainst(pod: KubernetesObject, budgets: readonly KubernetesObject[]): readonly string[] {
  return budgets
    .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace)
    .filter((budget) => fitsSelector(pod.metadata.labels, valueAt(budget, 'spec', 'selector')))
    .filter((budget) => (numberAt(budget, 'status', 'disruptionsAllowed') ?? 0) < 1)
    .map((budget) => `${objectTitle(referenceOf(budget))} allows 0 disruptions${countsOf(budget)}`);
}

/** Why a pod has not ended yet although it was asked to, in one clause. */
export function whyGoing(pod: KubernetesObject): string {
  const finalizers = listAt(pod, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  if (finalizers.length > 0) return `is held by its finalizer ${finalizers.join(', ')}`;
  const graceSeconds = numberAt(pod, 'metadata', 'deletionGracePeriodSeconds');
  return graceSeconds === undefined ? 'ends' : `ends, for which it has ${graceSeconds} s`;
}

function countsOf(budget: KubernetesObject): string {
  const healthy = numberAt(budget, 'status', 'currentHealthy');
  const needed = numberAt(budget, 'status', 'desiredHealthy');
  return healthy === undefined || needed === undefined ? '' : ` (${healthy} healthy, ${needed} needed)`;
}

function whyStaying(pod: KubernetesObject): string | undefined {
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return 'a static pod of the host';
  if (textAt(controllerOf(pod), 'kind') === 'DaemonSet') return 'a pod of a DaemonSet, which has one on every node';
  const phase = textAt(pod, 'status', 'phase') ?? '';
  return phase === 'Succeeded' || phase === 'Failed' ? 'it has come to its end' : undefined;
}

function whyHomeless(pod: KubernetesObject): readonly string[] {
  const local = listAt(pod, 'spec', 'volumes').filter(isLocal);
  const names = local.map((volume) => textAt(volume, 'name') ?? '').join(', ');
  return [
    ...(controllerOf(pod) === undefined ? ['no controller makes it again'] : []),
    ...(local.length === 0 ? [] : [`what it keeps on the host is lost (${names})`]),
  ];
}

function controllerOf(pod: KubernetesObject): unknown {
  return listAt(pod, 'metadata', 'ownerReferences').find((owner) => valueAt(owner, 'controller') === true);
}

/** On the disk of the host: it does not move with its pod. */
function isLocal(volume: unknown): boolean {
  if (valueAt(volume, 'hostPath') !== undefined) return true;
  return valueAt(volume, 'emptyDir') !== undefined && textAt(volume, 'emptyDir', 'medium') !== 'Memory';
}

function isGoing(pod: KubernetesObject): boolean {
  return textAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
}
