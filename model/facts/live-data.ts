import { hostnameLabel } from '../kubernetes/node-marks.js';
import { systemNamespace } from '../kubernetes/unit-inventory.js';
import { systemNamespaces } from '../kubernetes/pod-network.js';
import { listAt, textAt, valueAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';

export interface LiveThings {
  /** Pods of all namespaces. */
  readonly pods: readonly KubernetesObject[];
  /** All PersistentVolumes. */
  readonly volumes: readonly KubernetesObject[];
  /** Name of the unit that owns an object; `undefined` when none does. */
  readonly unitOf: (owner: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }) => string | undefined;
}

/** Namespaces whose pods keep nothing that a new host would miss. */
const withoutData = [...systemNamespaces, systemNamespace];

/**
 * By node: what would lose data with its host, as the cluster itself tells, in the order of the alphabet. A unit by its
 * name, anything else as `namespace/name`. A pod counts if it keeps data in a claim, a path of the host, or an emptyDir
 * on disk, as for `kubectl drain`. A volume counts if it is bound to the node, whoever uses it.
 */
export function liveData({ pods, volumes, unitOf }: LiveThings): Readonly<Record<string, readonly string[]>> {
  const found = [
    ...pods.filter(keepsData).map((pod) => {
      const owner = ownerOf(pod);
      return { node: textAt(pod, 'spec', 'nodeName'), name: unitOf(owner) ?? `${owner.namespace}/${owner.name}` };
    }),
    ...volumes.flatMap((volume) => nodesOf(volume).map((node) => ({ node, name: claimOf(volume) }))),
  ];
  const byNode = Map.groupBy(found, ({ node }) => node ?? '');
  byNode.delete('');
  return Object.fromEntries(
    [...byNode].map(([node, things]) => [node, [...new Set(things.map(({ name }) => name))].toSorted()]),
  );
}

function keepsData(pod: KubernetesObject): boolean {
  if (withoutData.includes(pod.metadata.namespace ?? '')) return false;
  if (['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')) return false;
  return listAt(pod, 'spec', 'volumes').some(
    (volume) =>
      ['persistentVolumeClaim', 'hostPath', 'ephemeral'].some((kind) => valueAt(volume, kind) !== undefined) ||
      (valueAt(volume, 'emptyDir') !== undefined && textAt(volume, 'emptyDir', 'medium') !== 'Memory'),
  );
}

/** What made a pod; a ReplicaSet stands for its Deployment, whose name and a hash it bears. */
function ownerOf(pod: KubernetesObject): { readonly kind: string; readonly namespace: string; readonly name: string } {
  const namespace = pod.metadata.namespace ?? '';
  const [owner] = listAt(pod, 'metadata', 'ownerReferences');
  const kind = textAt(owner, 'kind');
  const name = textAt(owner, 'name');
  if (kind === undefined || name === undefined) return { kind: 'Pod', namespace, name: pod.metadata.name };
  if (kind !== 'ReplicaSet') return { kind, namespace, name };
  return { kind: 'Deployment', namespace, name: name.replace(/-[a-z0-9]+$/, '') };
}

/** Nodes that a volume is bound to by their host names, as local ones are. */
function nodesOf(volume: KubernetesObject): readonly string[] {
  return listAt(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms')
    .flatMap((term) => listAt(term, 'matchExpressions'))
    .filter((expression) => textAt(expression, 'key') === hostnameLabel)
    .flatMap((expression) => listAt(expression, 'values'))
    .filter((value) => typeof value === 'string');
}

function claimOf(volume: KubernetesObject): string {
  const namespace = textAt(volume, 'spec', 'claimRef', 'namespace');
  const name = textAt(volume, 'spec', 'claimRef', 'name');
  return namespace === undefined || name === undefined ? volume.metadata.name : `${namespace}/${name}`;
}
