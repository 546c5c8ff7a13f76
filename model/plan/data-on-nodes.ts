import type { ClusterFacts } from '../facts/facts.js';
import { listAt, valueAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { isLive } from './node-instance.js';
import { nodesAskedFor, podSpecsOf } from './placement.js';
import type { RenderedUnit } from '../kubernetes/rendered-unit.js';
import type { NodeSpec } from '../spec/spec.js';

/**
 * For each node that has a host: what may have left data on it. The units of the spec come first, in their order. A
 * unit counts when its pods ask for that node and keep data in volumes, and it was applied. While no control plane
 * answers, every unit counts as applied. Then whatever the cluster itself has there, also where the spec does not know
 * it, or asks for another node now.
 */
export function dataOnNodes(
  nodes: readonly NodeSpec[],
  facts: Pick<ClusterFacts, 'instances' | 'kubernetes'>,
  units: readonly RenderedUnit[],
): ReadonlyMap<string, readonly string[]> {
  const applied = units.filter(({ name }) => facts.kubernetes?.units.some((unit) => unit.name === name) ?? true);
  const keeping = applied.map(({ name, objects }) => ({
    name,
    nodes: nodesAskedFor(objects.filter(keepsData), nodes),
  }));
  const withHost = nodes.filter(({ name }) => facts.instances.some((one) => one.node === name && isLive(one)));
  return new Map(
    withHost.map((node) => [
      node.name,
      [
        ...new Set([
          ...keeping.filter((unit) => unit.nodes.includes(node.name)).map(({ name }) => name),
          ...(facts.kubernetes?.data[node.name] ?? []),
        ]),
      ],
    ]),
  );
}

/** Whether pods of an object write to a volume that outlives them: a claim, a claim template, or a path of the host. */
function keepsData(object: KubernetesObject): boolean {
  if (listAt(object, 'spec', 'volumeClaimTemplates').length > 0) return true;
  return podSpecsOf(object).some((pod) =>
    listAt(pod, 'volumes').some(
      (volume) => valueAt(volume, 'persistentVolumeClaim') !== undefined || valueAt(volume, 'hostPath') !== undefined,
    ),
  );
}
