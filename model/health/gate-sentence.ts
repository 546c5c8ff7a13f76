import { type ObjectReference, objectTitle } from '../kubernetes/kubernetes-object.js';
import type { Verdict } from './verdict.js';

/** One object of a unit with what is to be said of it. */
export interface Judged {
  readonly reference: ObjectReference;
  readonly verdict: Verdict;
}

/**
 * `wave 2 waits for Deployment api/location 0/2: pod … 0/14 nodes: 1 Insufficient memory, 13 …`; the object with the most
 * telling verdict first, the others counted. Empty when nothing is waited for.
 */
export function gateSentence(wave: number, judged: readonly Judged[]): string {
  const open = judged.filter((entry) => entry.verdict.verdict !== 'ready');
  const first = mostTelling(open);
  if (first === undefined) return '';
  const others = open.length === 1 ? '' : ` (and ${open.length - 1} more)`;
  return `wave ${wave} waits for ${judgedText(first)}${others}`;
}

/** `Deployment api/location 0/2: pod … container c CrashLoopBackOff: …`. */
export function judgedText(entry: Judged): string {
  const { progress, reason } = entry.verdict;
  return `${objectTitle(entry.reference)}${progress === undefined ? '' : ` ${progress}`}: ${reason}`;
}

function mostTelling(open: readonly Judged[]): Judged | undefined {
  for (const verdict of ['failed', 'stuck', 'waiting'] as const) {
    const found = open.find((entry) => entry.verdict.verdict === verdict);
    if (found !== undefined) return found;
  }
  return undefined;
}
