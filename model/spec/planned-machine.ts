import type { ClusterSpec, NodeSpec, Taint } from './spec.js';

/** What is launched for a node, and what its Node object gets: what a person looks at before money is spent. */
export interface PlannedMachine {
  readonly node: string;
  /** Instance types in order of preference: a later one is taken where EC2 has no capacity for those before it. */
  readonly instanceTypes: readonly string[];
  /** Where, in order of preference; each zone with the range that its address is from. */
  readonly places: readonly { readonly zone: string; readonly cidr: string }[];
  readonly diskGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

interface ChangedNode {
  readonly name: string;
  readonly op: string;
}

/** The machines of the nodes that a plan changes, in the order of the plan. */
export function plannedMachines(spec: ClusterSpec, nodes: readonly ChangedNode[]): readonly PlannedMachine[] {
  const wanted = new Map(spec.nodes.map((node) => [node.name, node]));
  return nodes.flatMap(({ name, op }) => {
    const node = wanted.get(name);
    return node === undefined || op === 'none' ? [] : [machineOf(node, spec)];
  });
}

function machineOf(node: NodeSpec, { network }: ClusterSpec): PlannedMachine {
  const { name, instanceTypes, zones, diskGiB, labels, taints } = node;
  const places = zones.flatMap((zone) => network.subnets.filter((subnet) => subnet.zone === zone));
  return { node: name, instanceTypes, places, diskGiB, labels, taints };
}
