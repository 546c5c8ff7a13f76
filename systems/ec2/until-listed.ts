import { setTimeout as delay } from 'node:timers/promises';

/** How long EC2 may not list a new or changed thing. */
export const lagMs = 20_000;

/** Looks, with growing pauses, until EC2 lists the expected thing or its lag is over. Returns the last look. */
export async function untilListed<Found>(
  look: () => Promise<Found>,
  isThere: (found: Found) => boolean,
  patienceMs: number = lagMs,
): Promise<Found> {
  const endsAtMs = performance.now() + patienceMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2_000, pauseMs * 2)) {
    const found = await look();
    const leftMs = endsAtMs - performance.now();
    if (isThere(found) || leftMs <= 0) return found;
    await delay(Math.min(pauseMs, leftMs));
  }
}
