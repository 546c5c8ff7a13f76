import { networkSteps, nodeSteps, type NetworkStepRow, type NodeRole, type NodeStepRow } from './step-table.js';

/** The stages of a roll-out in their order. */
export const stages = ['network', 'nodes', 'waves', 'verify'] as const;
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
  `network/${NetworkPart}` | `node/${string}/${NodePart}` | `wave/${number}/${string}` | typeof verifyStep;

/** The one step of the last stage. */
export const verifyStep = 'verify/cluster';

export function nodeStep(node: string, part: NodePart): StepId {
  return `node/${node}/${part}`;
}

export function unitStep(wave: number, unit: string): StepId {
  return `wave/${wave}/${unit}`;
}

export function networkStep(part: NetworkPart): StepId {
  return `network/${part}`;
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

/** The parts of a node's roll-out in their order; with the renewal of a control plane's certificates where that is asked for. */
export function nodeParts(role: NodeRole, certificates = false): readonly NodePart[] {
  return everyNodePart.filter((part) => {
    const { role: only = role, when } = nodeRow(part);
    return only === role && (when === undefined || (when === 'asked' && certificates));
  });
}
