import { textsAt } from '../../../model/json/json-value.js';
import { unitLabel } from '../../../model/kubernetes/unit-inventory.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { podKindOf } from '../../../model/kubernetes/pod-kinds.js';
import { budgetStatus } from './disruption-budgets.js';
import type { World } from '../world.js';

/** An object with the status that its controller would have written by now. */
export function withStatus(world: World, object: KubernetesObject): KubernetesObject {
  switch (object.kind) {
    case 'Node':
      return { ...object, status: nodeStatus(world, object) };
    case 'Namespace':
      return { ...object, status: { phase: 'Active' } };
    case 'Pod':
      return { ...object, status: podStatus(world, object) };
    case 'PodDisruptionBudget':
      return { ...object, status: budgetStatus(object, podsIn(world)) };
    default:
      return withPodsStatus(world, object);
  }
}

function podsIn(world: World): readonly KubernetesObject[] {
  const pods = [...world.things.objects.values()].filter(({ kind }) => kind === 'Pod');
  return pods.map((pod) => withStatus(world, pod));
}

function withPodsStatus(world: World, object: KubernetesObject): KubernetesObject {
  const counts = podKindOf(object.kind)?.counts;
  if (counts === 'replicas') return { ...object, status: replicaStatus(world, object) };
  if (counts === 'nodes') return { ...object, status: daemonStatus(world, object) };
  return counts === 'completions' ? { ...object, status: jobStatus(world, object) } : object;
}

/** Whether its time is over, unless a fault says that a node of its name never gets ready. */
function isReady(world: World, { apiVersion, kind, metadata }: KubernetesObject): boolean {
  const key = `${apiVersion}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
  if (kind === 'Node' && world.hasFault('never ready', metadata.name)) return false;
  return Date.now() >= (world.things.readyAtMs.get(key) ?? 0);
}

function nodeStatus(world: World, node: KubernetesObject): Readonly<Record<string, unknown>> {
  const ready = isReady(world, node);
  const condition = ready
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status [simulated]' }
    : {
        type: 'Ready',
        status: 'False',
        reason: 'KubeletNotReady',
        message: 'container runtime network not ready [simulated]',
      };
  const providerId = String(field(node, 'spec', 'providerID'));
  const instance = world.things.instances.find(({ id }) => providerId.endsWith(`/${id}`));
  const kubeletVersion = world.things.files.get(instance?.id ?? '')?.get('kubelet') ?? '';
  return {
    conditions: [condition],
    addresses: [{ type: 'InternalIP', address: instance?.privateAddress ?? '' }],
    nodeInfo: { kubeletVersion },
  };
}

/** All replicas, once the time is over, unless a fault of the unit's name says never. */
function replicaStatus(world: World, workload: KubernetesObject): Readonly<Record<string, unknown>> {
  const wanted = Number(field(workload, 'spec', 'replicas') ?? 1);
  const unit = workload.metadata.labels?.[unitLabel] ?? workload.metadata.name;
  const ready = isReady(world, workload) && !world.hasFault('never ready', unit);
  const count = ready ? wanted : 0;
  return {
    observedGeneration: workload.metadata.generation,
    replicas: wanted,
    updatedReplicas: wanted,
    readyReplicas: count,
    availableReplicas: count,
    currentRevision: '1',
    updateRevision: '1',
  };
}

/** Complete, once the time is over. */
function jobStatus(world: World, job: KubernetesObject): Readonly<Record<string, unknown>> {
  if (!isReady(world, job)) return { active: 1 };
  return { succeeded: field(job, 'spec', 'completions') ?? 1, conditions: [{ type: 'Complete', status: 'True' }] };
}

/** One pod on every node that there is. */
function daemonStatus(world: World, daemonSet: KubernetesObject): Readonly<Record<string, unknown>> {
  const nodes = [...world.things.objects.values()].filter(({ kind }) => kind === 'Node');
  const ready = nodes.filter((node) => isReady(world, node)).length;
  return {
    observedGeneration: daemonSet.metadata.generation,
    desiredNumberScheduled: nodes.length,
    currentNumberScheduled: nodes.length,
    updatedNumberScheduled: nodes.length,
    numberReady: ready,
    numberAvailable: ready,
  };
}

function podStatus(world: World, pod: KubernetesObject): Readonly<Record<string, unknown>> {
  const status = isReady(world, pod) ? 'True' : 'False';
  return { phase: 'Running', conditions: [{ type: 'Ready', status }], containerStatuses: [] };
}

function field(object: KubernetesObject, ...path: readonly string[]): unknown {
  let current: unknown = object;
  for (const part of path) {
    current = typeof current === 'object' && current !== null ? new Map(Object.entries(current)).get(part) : undefined;
  }
  return current;
}

/** The pods of DaemonSets that say how theirs are known: one on every node, as ready as that node. No ledger tells of them. */
export function daemonPods(world: World): readonly KubernetesObject[] {
  const objects = [...world.things.objects.values()];
  const nodes = objects.filter(({ kind }) => kind === 'Node');
  const daemonSets = objects.filter(({ kind }) => kind === 'DaemonSet');
  return daemonSets.flatMap((daemonSet) => {
    const labels = textsAt(daemonSet, 'spec', 'selector', 'matchLabels');
    if (Object.keys(labels).length === 0) return [];
    return nodes.map((node) => daemonPod({ daemonSet, labels, node: node.metadata.name, ready: isReady(world, node) }));
  });
}

function daemonPod({
  daemonSet: { apiVersion, kind, metadata },
  labels,
  node,
  ready,
}: {
  readonly daemonSet: KubernetesObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly node: string;
  readonly ready: boolean;
}): KubernetesObject {
  const { name, namespace = 'default', uid = '' } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${node}`,
      namespace,
      labels,
      uid: `${uid}-${node}`,
      ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
    },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}
