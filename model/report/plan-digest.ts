import { isRecord } from '../json/is-record.js';
import { textAt } from '../json/json-value.js';
import { signalNames, updateNames } from '../messages.js';
import { messagesNamed, textIn } from './messages-named.js';
import type { RunFacts } from './run-facts.js';

/**
 * Digest of the plan that a run carries out, or carried out last. It is the digest of the start, until somebody approves another
 * plan in place of a stale one. `undefined` when the input names none.
 */
export function planDigest(lock: RunFacts): string | undefined {
  return textAt(lock.result, 'planDigest') ?? amendedDigest(lock) ?? textAt(lock.input, 'plan', 'digest');
}

/** As a person approved it, or as the children were told of it where the run approves by itself. */
function amendedDigest({ sent, updates }: RunFacts): string | undefined {
  const named = [
    ...messagesNamed(updates, updateNames.approve).map((message) => ({
      ...message,
      digest: textIn(message, 'digest'),
    })),
    ...messagesNamed(sent, signalNames.amended).map((message) => ({ ...message, digest: digestIn(message.payload) })),
    ...messagesNamed(sent, signalNames.decided).map((message) => ({ ...message, digest: digestOf(message.payload) })),
  ];
  const told = named.filter(({ digest }) => digest !== undefined);
  return told.toSorted((a, b) => a.atMs - b.atMs).at(-1)?.digest;
}

/** Of what a step was told to go on by, where that is another plan. */
function digestOf(decision: unknown): string | undefined {
  const { amended }: { readonly amended?: unknown } = isRecord(decision) ? decision : {};
  return digestIn(amended);
}

function digestIn(amendment: unknown): string | undefined {
  return textAt(amendment, 'plan', 'digest');
}
