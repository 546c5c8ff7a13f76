import type { ClusterSpec, NodeEntry, NodeGroup, NodeSpec, SpecDocument } from './spec.js';

/** Size of a root volume when neither node nor group says one. */
export const defaultDiskGiB = 20;

/**
 * Fills groups and defaults into the nodes of a valid document. A node's own fields win, and labels are merged. `phase`
 * becomes the label of that name, and zones default to those of all subnets in their order.
 */
export function resolveSpec(document: SpecDocument): ClusterSpec {
  const { nodes, nodeGroups, ...rest } = document;
  const zones = document.network.subnets.map((subnet) => subnet.zone);
  return { ...rest, nodes: nodes.map((node) => resolveNode(node, groupOf(node, nodeGroups), zones)) };
}

/** The group that a node names, if there is one. */
export function groupOf(
  node: Pick<NodeEntry, 'group'>,
  groups: Readonly<Record<string, NodeGroup>>,
): NodeGroup | undefined {
  return node.group !== undefined && Object.hasOwn(groups, node.group) ? groups[node.group] : undefined;
}

function resolveNode(node: NodeEntry, group: NodeGroup | undefined, zones: readonly string[]): NodeSpec {
  const startupTaints = node.startupTaints ?? group?.startupTaints ?? [];
  return {
    name: node.name,
    role: node.role,
    instanceTypes: node.instanceTypes ?? group?.instanceTypes ?? [],
    zones: node.zones ?? group?.zones ?? zones,
    diskGiB: node.diskGiB ?? group?.diskGiB ?? defaultDiskGiB,
    labels: {
      ...group?.labels,
      ...node.labels,
      ...(node.phase === undefined ? {} : { phase: String(node.phase) }),
    },
    taints: node.taints ?? group?.taints ?? [],
    ...(startupTaints.length === 0 ? {} : { startupTaints }),
  };
}
