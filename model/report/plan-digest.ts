import { textAt, valueAt } from '../json-value.js';
import { signalNames, updateNames } from '../messages.js';
import { messagesNamed, textIn } from './messages-named.js';
import type { RunFacts } from './run-facts.js';

/**
 * Digest of the plan that a run carries out, or carried out last: that of its start, until a plan that was made anew for
 * stale steps was approved in its place. `undefined` where the input names none.
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
    ...messagesNamed(sent, signalNames.decided).map((message) => ({
      ...message,
      digest: digestIn(valueAt(message.payload, 'amended')),
    })),
  ];
  const told = named.filter(({ digest }) => digest !== undefined);
  return told.toSorted((a, b) => a.atMs - b.atMs).at(-1)?.digest;
}

function digestIn(amendment: unknown): string | undefined {
  return textAt(amendment, 'plan', 'digest');
}
