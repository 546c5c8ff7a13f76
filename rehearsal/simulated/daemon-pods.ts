import { textsAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { isReady } from './object-status.js';
import type { World } from './world.js';

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
      ownerReferences: [{ apiVersion, kind, name, uid }],
    },
    spec: { nodeName: node },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}
