/** The stages of a roll-out in their order. */
export const stages = ['network', 'nodes', 'waves', 'verify'] as const;
export type Stage = (typeof stages)[number];

export type NetworkPart =
  'vpc' | 'internet-gateway' | 'route-table' | 'security-group' | 'key-pair' | `subnet-${string}`;
/** `fenced`, which only a replaced host goes through: it is terminated and its Node is deleted. */
export type NodePart =
  'instance' | 'reachable' | 'prepared' | 'certificates' | 'init' | 'cni' | 'join' | 'labelled' | 'ready' | 'fenced';

/**
 * The name of the smallest thing that an operator sees and can retry: `node/k8s-redis/join`, `wave/2/api-location`.
 */
export type StepId =
  `network/${NetworkPart}` | `node/${string}/${NodePart}` | `wave/${number}/${string}` | 'verify/cluster';

export function nodeStep(node: string, part: NodePart): StepId {
  return `node/${node}/${part}`;
}

export function unitStep(wave: number, unit: string): StepId {
  return `wave/${wave}/${unit}`;
}

export function networkStep(part: NetworkPart): StepId {
  return `network/${part}`;
}

/** The parts of a node's roll-out in their order; with the renewal of a control plane's certificates where that is asked for. */
export function nodeParts(role: 'control-plane' | 'worker', certificates = false): readonly NodePart[] {
  const renewal: readonly NodePart[] = certificates ? ['certificates'] : [];
  return role === 'control-plane'
    ? ['instance', 'reachable', 'prepared', ...renewal, 'init', 'cni', 'labelled', 'ready']
    : ['instance', 'reachable', 'prepared', 'join', 'labelled', 'ready'];
}
