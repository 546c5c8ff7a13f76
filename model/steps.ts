import { networkSteps, nodeSteps, type NetworkStepRow, type NodeRole, type NodeStepRow } from './step-table.js';

/** The stages of a roll-out in their order. */
export const stages = ['network', 'nodes', 'waves', 'removals', 'verify'] as const;
export type Stage = (typeof stages)[number];

export type NetworkRowName = keyof typeof networkSteps;
export type NetworkPart = Exclude<NetworkRowName, 'subnet'> | `subnet-${string}`;
export type NodePart = keyof typeof nodeSteps;
/** A playbook by its name. */
export type Playbook = Extract<(typeof nodeSteps)[NodePart], { readonly playbook: string }>['playbook'];

/**
 * The name of the smallest thing that an operator sees and can retry: `node/k8s-redis/join`, `wave/2/api-location`.
 */
export type StepId =
  | `network/${NetworkPart}`
  | `node/${string}/${NodePart}`
  | `wave/${number}/${string}`
  | `unit/${string}/removed`
  | typeof verifyStep
  | typeof residueStep;

/** The one step of the last stage. */
export const verifyStep = 'verify/cluster';
/** The same of a cluster that is torn down: nothing of it is left. */
export const residueStep = 'verify/residue';

export function nodeStep(node: string, part: NodePart): StepId {
  return `node/${node}/${part}`;
}

export function unitStep(wave: number, unit: string): StepId {
  return `wave/${wave}/${unit}`;
}

export function removedUnitStep(unit: string): StepId {
  return `unit/${unit}/removed`;
}

export function networkStep(part: NetworkPart): StepId {
  return `network/${part}`;
}

/** The name of a part of the network; of a subnet with its zone. */
export function networkPartOf(
  part: { readonly part: Exclude<NetworkRowName, 'subnet'> } | { readonly part: 'subnet'; readonly zone: string },
): NetworkPart {
  return part.part === 'subnet' ? `subnet-${part.zone}` : part.part;
}

/** The row of a part of the network: every subnet has the same. */
export function networkRowName(part: string): NetworkRowName {
  return keysOf(networkSteps).find((name) => name === part) ?? 'subnet';
}

/** A step of the network as the table has it. */
export function networkRow(part: NetworkRowName): NetworkStepRow {
  return networkSteps[part];
}

/** A step of a node as the table has it. */
export function nodeRow(part: NodePart): NodeStepRow {
  return nodeSteps[part];
}

/** The keys of a table in their order. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(table).filter((key): key is Key => Object.hasOwn(table, key));
}

/** Every part of a node in their order. */
export const everyNodePart: readonly NodePart[] = keysOf(nodeSteps);

/** Playbooks of which what they do on the host goes on when their caller is gone. */
export const outlivingPlaybooks: readonly string[] = everyNodePart
  .map(nodeRow)
  .flatMap(({ playbook, outlives }) => (playbook !== undefined && outlives === true ? [playbook] : []));

/** Which parts a node goes through beside those that every node of its role does. */
export interface NodePartsAsked {
  /** The renewal of a control plane's certificates. Default false. */
  readonly certificates?: boolean;
  /** Its present host goes first, because another one takes its place. Default false. */
  readonly replaced?: boolean;
}

/** The parts of a node's roll-out in their order. */
export function nodeParts(role: NodeRole, asked: NodePartsAsked = {}): readonly NodePart[] {
  return everyNodePart.filter((part) => {
    const { role: only = role, when } = nodeRow(part);
    if (only !== role) return false;
    if (when === 'asked') return asked.certificates === true;
    if (when === 'leaves') return asked.replaced === true;
    return when === undefined;
  });
}

/** What is done to the host of a node that goes for good, in order. */
export const leavingParts: readonly NodePart[] = everyNodePart.filter((part) => nodeRow(part).when === 'leaves');
