import type { NodeFact } from '../facts/facts.js';
import { foreignTaints } from '../facts/node-reconciliation.js';
import { nodeRecord, preparedAnnotation, recordAnnotation, surplusOf, taintText } from '../facts/node-record.js';
import type { NodeSpec, Taint } from '../spec/spec.js';
import type { Judged } from './plan.js';

/** What is wanted of the labels, taints and annotations of a Node, and what is there. */
export interface LabelsSeen {
  readonly node: NodeSpec;
  readonly object: NodeFact | undefined;
  /** Whether its host is prepared with what the annotation is to say. */
  readonly isPrepared: boolean;
}

/** What the step that labels a Node has to do. What others set is named, and no part of it. */
export function judgeLabels(seen: LabelsSeen): Judged {
  const { node, object } = seen;
  const { labels, taints, startupTaints } = node;
  const wanted = { labels, taints, ...(startupTaints === undefined ? {} : { startupTaints }) };
  if (object === undefined) return { op: 'create', reason: 'no Node of this name', wanted };
  const surplus = surplusOf(node, object);
  const basis = { wanted, found: { ...whatWeSet(node, object), ...surplus } };
  const ours = surplus.taints.map(taintText);
  const foreign = foreignTaints(object.taints, node)
    .map(taintText)
    .filter((text) => !ours.includes(text));
  const judged = { ...judgeSet(seen, object), ...basis };
  return foreign.length === 0 ? judged : { ...judged, note: `somebody else set taint ${foreign.join(', ')}` };
}

/** Of a Node's labels and taints those that the spec names: the taint of a Node that does not answer comes and goes. */
function whatWeSet({ labels, taints }: NodeSpec, found: NodeFact) {
  return {
    set: Object.keys(labels).map((key) => [key, found.labels[key]]),
    tainted: found.taints.filter(({ key }) => taints.some((taint) => taint.key === key)),
  };
}

function judgeSet({ node, isPrepared }: LabelsSeen, object: NodeFact): Pick<Judged, 'op' | 'reason'> {
  const differing = [
    ...Object.entries(node.labels).filter(([key, value]) => object.labels[key] !== value),
    ...node.taints.filter((taint) => !object.taints.some((found) => isSameTaint(taint, found))),
  ].map((each) => ('key' in each ? `taint ${each.key}` : `label ${each[0]}`));
  const surplus = surplusOf(node, object);
  const left = [
    ...surplus.labels.map((key) => `label ${key}`),
    ...surplus.taints.map((taint) => `taint ${taintText(taint)}`),
  ];
  const reasons = [
    ...(differing.length === 0 ? [] : [`${differing.join(', ')} missing or different`]),
    ...(left.length === 0 ? [] : [`${left.join(', ')} set by Groundswell, but no longer in the spec`]),
  ];
  if (reasons.length > 0) return { op: 'change', reason: reasons.join('; ') };
  if (!isPrepared) return { op: 'change', reason: `annotation ${preparedAnnotation} must change` };
  if (object.annotations[recordAnnotation] !== nodeRecord(node)) {
    return { op: 'change', reason: `annotation ${recordAnnotation} must change` };
  }
  return { op: 'none', reason: 'labels and taints fit the spec' };
}

function isSameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect && (a.value ?? '') === (b.value ?? '');
}
