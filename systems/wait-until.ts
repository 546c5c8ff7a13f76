import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions } from './calls.js';

/** The pause between two looks, and the time for all of them. Milliseconds. */
export interface Pace {
  readonly everyMs: number;
  /** Time from the start of the wait. One more look follows it. */
  readonly deadlineMs: number;
}

/** The result of one look: the end of the wait, or one line that says what it waits for. */
export type Look<Found> = { readonly done: Found } | { readonly waitsFor: string };

export type WaitOutcome<Found> = { readonly done: Found } | { readonly timedOut: true; readonly waitsFor: string };

/**
 * Looks repeatedly until a look is done or the deadline has passed. Tells `onProgress` after each look what it waits
 * for. Fails with the error of a look, and with an `AbortError` when the signal of the options ends the wait.
 */
export async function waitUntil<Found>(
  look: () => Promise<Look<Found>>,
  { everyMs, deadlineMs }: Pace,
  { signal, onProgress }: CallOptions = {},
): Promise<WaitOutcome<Found>> {
  const endsAtMs = performance.now() + deadlineMs;
  for (;;) {
    const isLast = performance.now() > endsAtMs;
    const seen = await look();
    if ('done' in seen) return seen;
    onProgress?.(seen.waitsFor);
    if (isLast) return { timedOut: true, waitsFor: seen.waitsFor };
    await delay(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
