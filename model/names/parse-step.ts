import { networkSteps, type NodeStepRow } from '../step-table.js';
import {
  everyNodePart,
  keysOf,
  nodeRow,
  residueStep,
  verifyStep,
  type NetworkRowName,
  type NodePart,
  type StepId,
} from '../steps.js';

/** The parts of the name of a step. */
export type ParsedStep =
  | { readonly stage: 'network'; readonly part: Exclude<NetworkRowName, 'subnet'> }
  | { readonly stage: 'network'; readonly part: 'subnet'; readonly zone: string }
  | { readonly stage: 'nodes'; readonly node: string; readonly part: NodePart }
  | { readonly stage: 'waves'; readonly wave: number; readonly unit: string }
  | { readonly stage: 'removals'; readonly unit: string }
  | { readonly stage: 'verify' };

const subnet = 'subnet-';

/** Reads the name of a step; `undefined` for a text that is none, or of a build that knows more steps. */
export function parseStep(text: string): ParsedStep | undefined {
  if (text === verifyStep || text === residueStep) return { stage: 'verify' };
  const [kind, name = '', last = '', ...rest] = text.split('/');
  if (name === '' || rest.length > 0) return undefined;
  if (kind === 'network' && last === '') return parseNetwork(name);
  if (kind === 'node') {
    const part = everyNodePart.find((known) => known === last);
    return part === undefined ? undefined : { stage: 'nodes', node: name, part };
  }
  if (kind === 'wave' && /^\d+$/.test(name) && last !== '') return { stage: 'waves', wave: Number(name), unit: last };
  if (kind === 'unit' && last === 'removed') return { stage: 'removals', unit: name };
  return undefined;
}

function parseNetwork(name: string): ParsedStep | undefined {
  const zone = name.startsWith(subnet) ? name.slice(subnet.length) : '';
  if (zone !== '') return { stage: 'network', part: 'subnet', zone };
  const part = keysOf(networkSteps).find((known) => known === name);
  return part === undefined || part === 'subnet' ? undefined : { stage: 'network', part };
}

export function isStepId(text: string): text is StepId {
  return parseStep(text) !== undefined;
}

/** The last word of a step's name: `join`, `subnet-a`, or a unit. */
export function stepTitle(step: string): string {
  return step.slice(step.lastIndexOf('/') + 1);
}

/** The node that a step is of; `undefined` for steps of anything else. */
export function nodeOfStep(step: string): string | undefined {
  const parsed = parseStep(step);
  return parsed?.stage === 'nodes' ? parsed.node : undefined;
}

/** Which part of a node a step is; `undefined` for steps of anything else. */
export function nodePartOf(step: string): NodePart | undefined {
  const parsed = parseStep(step);
  return parsed?.stage === 'nodes' ? parsed.part : undefined;
}

/** The same as the table of steps has it. */
export function nodeRowOf(step: string): NodeStepRow | undefined {
  const part = nodePartOf(step);
  return part === undefined ? undefined : nodeRow(part);
}

/** The node that a person names, as `node/k8s-redis` or by one of its steps. */
export function parseNodeOrStep(text: string): { readonly node: string; readonly part?: NodePart } | undefined {
  const step = parseStep(text);
  if (step?.stage === 'nodes') return { node: step.node, part: step.part };
  const node = /^node\/([^/]+)$/.exec(text)?.[1];
  return node === undefined ? undefined : { node };
}
