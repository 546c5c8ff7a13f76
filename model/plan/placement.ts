import { controlPlaneMark, controlPlaneTaint, hostnameLabel } from '../kubernetes/node-marks.js';
import { listAt, textAt, textsAt, valueAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { podKindOf } from '../kubernetes/pod-kinds.js';
import type { NodeSpec, Taint } from '../spec/spec.js';

/** What the scheduler looks at in a node. */
export interface SchedulableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Pick<Taint, 'key' | 'value' | 'effect'>[];
}

/**
 * A node of the spec with the labels and taints that the kubelet and kubeadm add to it. Its start-up taints are not among
 * them: they are there for a while only, and whoever takes them away comes as a pod itself.
 */
export function schedulableNode(node: NodeSpec): SchedulableNode {
  const isControlPlane = node.role === 'control-plane';
  return {
    name: node.name,
    labels: {
      ...node.labels,
      [hostnameLabel]: node.name,
      ...everyNodeLabels,
      ...(isControlPlane ? { [controlPlaneMark]: '' } : {}),
    },
    taints: isControlPlane ? [...node.taints, controlPlaneTaint] : node.taints,
  };
}

/**
 * The nodes that the pods of these objects ask for, in the order of `nodes`. A pod template that selects nodes by
 * labels or name asks for all matching nodes whose taints it tolerates. A template that any node would suit adds none:
 * it needs no particular node. Neither does one that only says where not to go.
 */
export function nodesAskedFor(objects: readonly KubernetesObject[], nodes: readonly NodeSpec[]): readonly string[] {
  const pods = objects.flatMap(podSpecsOf).filter(selectsNodes);
  return nodes
    .map(schedulableNode)
    .filter((node) => pods.some((pod) => podFits(pod, node)))
    .map((node) => node.name);
}

/** Whether the scheduler would let a pod run on a node, by selector, required affinity, name and taints. */
export function podFits(pod: unknown, node: SchedulableNode): boolean {
  const name = textAt(pod, 'nodeName');
  // A pod that names its node passes by the scheduler, and so by NoSchedule.
  if (name !== undefined) return name === node.name;
  const selected = Object.entries(textsAt(pod, 'nodeSelector')).every(([key, value]) => node.labels[key] === value);
  return selected && affinityFits(pod, node) && tolerates(pod, node.taints);
}

// linux and amd64 because that is what our images are; they say nothing about which node is meant.
const everyNodeLabels = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };

/** The pod specs of an object: none, or one. */
export function podSpecsOf(object: KubernetesObject): readonly unknown[] {
  const path = podKindOf(object.kind)?.podSpec;
  const pod = path === undefined ? undefined : valueAt(object, ...path);
  return pod === undefined ? [] : [pod];
}

function selectsNodes(pod: unknown): boolean {
  if (textAt(pod, 'nodeName') !== undefined) return true;
  if (Object.keys(textsAt(pod, 'nodeSelector')).some((key) => !Object.hasOwn(everyNodeLabels, key))) return true;
  const terms = affinityTerms(pod);
  return terms.length > 0 && terms.every((term) => requirementsOf(term).some(isParticular));
}

function isParticular(requirement: unknown): boolean {
  const operator = textAt(requirement, 'operator');
  if (Object.hasOwn(everyNodeLabels, textAt(requirement, 'key') ?? '')) return false;
  return operator !== 'NotIn' && operator !== 'DoesNotExist';
}

function affinityTerms(pod: unknown): readonly unknown[] {
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution'];
  return listAt(pod, ...required, 'nodeSelectorTerms');
}

// Terms are alternatives; the requirements of one term must all hold; an empty term matches nothing.
function affinityFits(pod: unknown, node: SchedulableNode): boolean {
  const terms = affinityTerms(pod);
  if (terms.length === 0) return true;
  return terms.some((term) => {
    const fields = listAt(term, 'matchFields');
    const labels = listAt(term, 'matchExpressions');
    if (fields.length + labels.length === 0) return false;
    return (
      labels.every((requirement) => requirementHolds(requirement, node.labels)) &&
      fields.every((requirement) => requirementHolds(requirement, { 'metadata.name': node.name }))
    );
  });
}

function requirementsOf(term: unknown): readonly unknown[] {
  return [...listAt(term, 'matchExpressions'), ...listAt(term, 'matchFields')];
}

function requirementHolds(requirement: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textAt(requirement, 'key') ?? ''];
  const values = listAt(requirement, 'values');
  switch (textAt(requirement, 'operator')) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function tolerates(pod: unknown, taints: SchedulableNode['taints']): boolean {
  const tolerations = listAt(pod, 'tolerations');
  return taints
    .filter((taint) => taint.effect !== 'PreferNoSchedule')
    .every((taint) => tolerations.some((toleration) => tolerationCovers(toleration, taint)));
}

function tolerationCovers(toleration: unknown, taint: SchedulableNode['taints'][number]): boolean {
  const effect = textAt(toleration, 'effect') ?? '';
  if (effect !== '' && effect !== taint.effect) return false;
  const key = textAt(toleration, 'key') ?? '';
  if (textAt(toleration, 'operator') === 'Exists') return key === '' || key === taint.key;
  return key === taint.key && (textAt(toleration, 'value') ?? '') === (taint.value ?? '');
}
