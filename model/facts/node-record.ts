import { canonicalJson } from '../json/canonical-json.js';
import type { NodeFact } from './facts.js';
import { isRecord } from '../json/is-record.js';
import type { NodeSpec, Taint } from '../spec/spec.js';

/** Annotation of a Node: digest of the roles and inputs that its host was prepared with. */
export const preparedAnnotation = 'groundswell.dev/prepared';
/** Annotation of a Node: the labels and taints that we set on it last. What is there and not in the spec any more is taken away. */
export const recordAnnotation = 'groundswell.dev/applied';

/** The labels and taints of a Node that we once set and nobody wants any more. */
export interface Surplus {
  /** Keys of labels. */
  readonly labels: readonly string[];
  readonly taints: readonly Taint[];
}

/** Of a node of the spec what is recorded. */
type Recorded = Pick<NodeSpec, 'labels' | 'taints' | 'startupTaints'>;

/**
 * Value of the annotation for the labels and taints of the spec: JSON in one order,
 * `{"labels":{…},"startupTaints":[…],"taints":[…]}`, without the second where there are none.
 */
export function nodeRecord({ labels, taints, startupTaints = [] }: Recorded): string {
  const atStart = startupTaints.length === 0 ? {} : { startupTaints: startupTaints.map(taintText).toSorted() };
  return canonicalJson({ labels, taints: taints.map(taintText).toSorted(), ...atStart });
}

/**
 * The labels and taints that a Node still has from us and that the spec no longer names. A label or taint that was
 * never recorded is somebody else's; a Node without a record has none of ours that is known. What the spec names as a
 * start-up taint is for somebody else to take away.
 */
export function surplusOf(node: Recorded, found: Pick<NodeFact, 'labels' | 'taints' | 'annotations'>): Surplus {
  const { labels, taints } = parseRecord(found.annotations[recordAnnotation]);
  const wanted = [...node.taints, ...(node.startupTaints ?? [])].map(placeOf);
  return {
    labels: labels.filter((key) => node.labels[key] === undefined && found.labels[key] !== undefined),
    taints: found.taints.filter((taint) => taints.includes(taintText(taint)) && !wanted.includes(placeOf(taint))),
  };
}

/** A taint as kubectl writes it: `key=value:NoSchedule`. */
export function taintText({ key, value, effect }: Taint): string {
  return value === undefined || value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

/** The identity of a taint: its key and effect. */
function placeOf({ key, effect }: Taint): string {
  return `${key}:${effect}`;
}

function parseRecord(text: string | undefined): {
  readonly labels: readonly string[];
  readonly taints: readonly string[];
} {
  const { labels, taints, startupTaints } = parsed(text);
  return {
    labels: isRecord(labels) ? Object.keys(labels) : [],
    taints: [taints, startupTaints].flatMap((list) => (Array.isArray(list) ? list.filter(isText) : [])),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** Parses an annotation. A broken one says nothing; the next roll-out writes it anew. */
function parsed(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
