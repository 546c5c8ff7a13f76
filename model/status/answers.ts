import { nodePartOf, nodeOfStep, parseStep } from '../names/parse-step.js';
import { failureKind } from '../failures.js';
import type { PlannedNode } from '../plan/plan.js';
import type { StepFailure } from './step-failure.js';
import type { StepId } from '../steps.js';

/** What a person can answer to a parked step. */
export const resolveActions = ['retry', 'skip', 'replace', 'abort'] as const;
export type ResolveAction = (typeof resolveActions)[number];

export interface Answer {
  readonly step: StepId;
  readonly action: ResolveAction;
  /** Names of units, typed by a person who means that their data is lost. */
  readonly confirm?: string | undefined;
}

/**
 * Why an answer cannot be carried out, as a sentence that says what can be answered instead; `undefined` when it can.
 * Only what nothing else stands on can be skipped, and only the host of a worker can be replaced.
 */
export function answerRefusal(answer: Answer, nodes: readonly PlannedNode[]): string | undefined {
  const { step, action } = answer;
  const node = nodeNamed(nodes, step);
  if (action === 'retry' || action === 'abort') return undefined;
  if (action === 'skip') return skipRefusal(step, node);
  return replaceRefusal(answer, node);
}

/** The answers that a parked step takes, the most harmless first. */
export function possibleAnswers(step: StepId, nodes: readonly PlannedNode[]): readonly ResolveAction[] {
  return resolveActions.filter((action) => {
    const data = nodePartOf(step) === 'fenced' ? [] : (nodeNamed(nodes, step)?.data ?? []);
    return answerRefusal({ step, action, confirm: data.join(',') }, nodes) === undefined;
  });
}

/** Whether a plan that is made anew may be what a failed step needs. */
export function isStale({ type }: Pick<StepFailure, 'type'>): boolean {
  return failureKind(type).stale === true;
}

function nodeNamed(nodes: readonly PlannedNode[], step: StepId): PlannedNode | undefined {
  return nodes.find(({ name }) => name === nodeOfStep(step));
}

function skipRefusal(step: StepId, node: PlannedNode | undefined): string | undefined {
  if (parseStep(step)?.stage === 'network') return `${step}: everything needs the network; answer retry or abort`;
  if (node?.role !== 'control-plane') return undefined;
  return `${step}: no node can join without the control plane; answer retry or abort`;
}

function replaceRefusal({ step, confirm }: Answer, node: PlannedNode | undefined): string | undefined {
  if (node === undefined) return `${step}: only the host of a node can be replaced; answer retry, skip or abort`;
  if (node.role === 'control-plane') {
    return `${step}: Groundswell does not replace the only control plane, because it holds the cluster's state; answer retry or abort`;
  }
  // its host is leaving, and what is on it is looked at again before it goes: the plan may not have seen it
  if (nodePartOf(step) === 'drained') return undefined;
  if (nodePartOf(step) === 'fenced') {
    if ((confirm ?? '') !== '') return undefined;
    return `${step}: its replacement runs already; answer retry, skip or abort, or replace with --confirm and the names of the lost units`;
  }
  const typed = (confirm ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const missing = node.data.filter((unit) => !typed.includes(unit));
  const strange = typed.filter((unit) => !node.data.includes(unit));
  if (missing.length === 0 && strange.length === 0) return undefined;
  if (node.data.length === 0) {
    return `${step}: ${node.name} held no data of ${strange.join(', ')} or of anything else at the time of the plan; answer replace without --confirm`;
  }
  const other = strange.length === 0 ? '' : `, but none of ${strange.join(', ')}`;
  return (
    `${step}: ${node.name} holds data of ${node.data.join(', ')}, which would be lost with its host${other}; ` +
    `if you mean it, name the data: --confirm ${node.data.join(',')}`
  );
}
