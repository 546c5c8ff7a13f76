import type { Stretch } from './lane.js';
import type { Interval } from './run-facts.js';

/**
 * Cuts an interval into stretches without gap or overlap. Each moment goes to the first claim that covers it; a moment
 * without a claim is `hand-over`. Claims may overlap, lie outside, or be empty.
 */
export function partition({ fromMs, toMs }: Interval, claims: readonly Stretch[]): readonly Stretch[] {
  if (toMs <= fromMs) return [];
  const clipped = claims
    .map((claim) => ({ ...claim, fromMs: Math.max(fromMs, claim.fromMs), toMs: Math.min(toMs, claim.toMs) }))
    .filter((claim) => claim.fromMs < claim.toMs);
  const edges = [...new Set([fromMs, toMs, ...clipped.flatMap((claim) => [claim.fromMs, claim.toMs])])];
  edges.sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  let owner: Stretch | undefined;
  for (const [index, edge] of edges.slice(0, -1).entries()) {
    const next = edges[index + 1] ?? toMs;
    const claim = clipped.find((one) => one.fromMs <= edge && one.toMs >= next);
    const last = stretches.at(-1);
    if (last !== undefined && claim === owner) stretches[stretches.length - 1] = { ...last, toMs: next };
    else stretches.push({ ...(claim ?? { kind: 'hand-over' }), fromMs: edge, toMs: next });
    owner = claim;
  }
  return stretches;
}

/** Intervals put together where they touch or overlap, in order. */
export function union(intervals: readonly Interval[]): readonly Interval[] {
  const joined: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = joined.at(-1);
    if (last === undefined || last.toMs < interval.fromMs) joined.push(interval);
    else joined[joined.length - 1] = { ...last, toMs: Math.max(last.toMs, interval.toMs) };
  }
  return joined;
}
