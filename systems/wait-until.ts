import { setTimeout as delay } from 'node:timers/promises';
import type { CallOptions } from './calls.js';

/** How often something is looked at, and for how long. Milliseconds. */
export interface Pace {
  readonly everyMs: number;
  /** From the start of the wait; one more look is taken after it. */
  readonly deadlineMs: number;
}

/** What one look saw: the end of the wait, or in one line what it goes on for. */
export type Look<Found> = { readonly done: Found } | { readonly waitsFor: string };

export type WaitOutcome<Found> = { readonly done: Found } | { readonly timedOut: true; readonly waitsFor: string };

/**
 * Looks again and again until a look is done or the deadline has passed. Tells `onProgress` what it waits for after each
 * look. Fails with whatever a look fails with, and with an `AbortError` when the signal of the options ends it.
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
