import { controlPlaneMark } from '../kubernetes/node-marks.js';
import { conditionOf, conditionText } from '../gate/condition.js';
import { listAt, textAt, textsAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { nodeRecord, preparedAnnotation, recordAnnotation } from './node-record.js';
import type { NodeSpec, Taint } from '../spec/spec.js';

type StartupTaints = Pick<NodeSpec, 'startupTaints'>;

/** A taint as the API server has it. */
export interface LiveTaint {
  readonly key: string;
  readonly effect: string;
  readonly value?: string;
  readonly [field: string]: unknown;
}

/**
 * What is applied to a Node: our labels and annotations, nothing else. The uid is named, because an apply to a Node
 * that is gone would otherwise make one that no host stands behind.
 */
export function nodeIntent(input: {
  readonly node: NodeSpec;
  readonly uid: string;
  readonly prepared: string | undefined;
}): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: input.node.name,
      uid: input.uid,
      labels: input.node.labels,
      annotations: {
        [recordAnnotation]: nodeRecord(input.node),
        ...(input.prepared === undefined ? {} : { [preparedAnnotation]: input.prepared }),
      },
    },
  };
}

/**
 * The taints that a Node must get. They are the planned ones and all foreign ones, without the taints that we set and
 * the spec no longer names. `undefined` when there is nothing to do. A taint is known by key and effect, as the API
 * server does.
 */
export function taintsToSet(
  live: KubernetesObject,
  { node, surplus }: { readonly node: NodeSpec; readonly surplus: readonly Taint[] },
): readonly LiveTaint[] | undefined {
  const found = taintsOf(live);
  const missing = node.taints.filter((planned) => !found.some((taint) => isPlanned(taint, planned)));
  const going = [...missing, ...surplus];
  const others = found.filter(
    (taint) => !going.some(({ key, effect }) => taint.key === key && taint.effect === effect),
  );
  if (missing.length === 0 && others.length === found.length) return undefined;
  return [
    ...others,
    ...missing.map(({ key, effect, value }) => (value === undefined ? { key, effect } : { key, effect, value })),
  ];
}

/**
 * Says in one clause why pods cannot run on a Node yet. Returns `undefined` when the Node is Ready and only start-up
 * taints of the spec keep pods away: nothing waits for the removal of those.
 */
export function nodeTrouble(live: KubernetesObject, { startupTaints = [] }: StartupTaints = {}): string | undefined {
  const condition = conditionOf(live, 'Ready');
  if (condition === undefined) return 'its kubelet has not reported yet';
  if (condition.status !== 'True') return `not Ready (last condition: ${conditionText(condition)})`;
  const keepsAway = taintsOf(live)
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .find((taint) => isSystemTaint(taint.key) && !startupTaints.some((planned) => isSamePlace(taint, planned)));
  if (keepsAway?.key === 'node.kubernetes.io/unschedulable')
    return 'is cordoned; `kubectl uncordon` makes it schedulable again';
  return keepsAway === undefined ? undefined : `has the taint ${keepsAway.key}:${keepsAway.effect}`;
}

/** What of the planned labels and taints a Node does not have, and taints that nobody planned. */
export function nodeDeviations(live: KubernetesObject, node: NodeSpec): readonly string[] {
  const labels = textsAt(live, 'metadata', 'labels');
  const wrongLabels = Object.entries(node.labels)
    .filter(([key, value]) => labels[key] !== value)
    .map(([key, value]) => `label ${key}: expected ${value}, found ${labels[key] ?? 'none'}`);
  const missingTaints = node.taints
    .filter((planned) => !taintsOf(live).some((taint) => isPlanned(taint, planned)))
    .map(({ key, effect }) => `taint ${key}:${effect}: expected, not found`);
  const foreign = foreignTaints(taintsOf(live), node).map(({ key, effect }) => `taint ${key}:${effect}: not planned`);
  return [...wrongLabels, ...missingTaints, ...foreign];
}

/** Of the taints of a Node those that neither the spec nor Kubernetes sets. */
export function foreignTaints<Found extends Pick<LiveTaint, 'key' | 'effect'>>(
  found: readonly Found[],
  node: NodeSpec,
): readonly Found[] {
  return found
    .filter((taint) => ![...node.taints, ...(node.startupTaints ?? [])].some((planned) => isSamePlace(taint, planned)))
    .filter(({ key }) => !isSystemTaint(key) && !isRoleTaint(key, node));
}

/** The taints of a Node as they are. */
export function taintsOf(live: KubernetesObject): readonly LiveTaint[] {
  return listAt(live, 'spec', 'taints').flatMap((taint) => {
    const key = textAt(taint, 'key');
    const effect = textAt(taint, 'effect');
    if (key === undefined || effect === undefined) return [];
    const value = textAt(taint, 'value');
    const timeAdded = textAt(taint, 'timeAdded');
    return [
      {
        key,
        effect,
        ...(value === undefined ? {} : { value }),
        ...(timeAdded === undefined ? {} : { timeAdded }),
      },
    ];
  });
}

function isPlanned(taint: LiveTaint, planned: NodeSpec['taints'][number]): boolean {
  return isSamePlace(taint, planned) && (taint.value ?? '') === (planned.value ?? '');
}

/** A taint is known by its key and effect. */
function isSamePlace(a: Pick<LiveTaint, 'key' | 'effect'>, b: Pick<LiveTaint, 'key' | 'effect'>): boolean {
  return a.key === b.key && a.effect === b.effect;
}

/** Taints that Kubernetes itself sets and takes away. */
function isSystemTaint(key: string): boolean {
  return key.startsWith('node.kubernetes.io/') || key.startsWith('node.cloudprovider.kubernetes.io/');
}

/** kubeadm taints its control plane. */
function isRoleTaint(key: string, node: NodeSpec): boolean {
  return node.role === 'control-plane' && key === controlPlaneMark;
}
