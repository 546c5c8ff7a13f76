import { span, type Line } from '../model/line.js';
import { changesText, duration } from '../model/show-step.js';
import type { RollOutClusterResult } from '../workflows/contract.js';

/** The last line of a roll-out: what it came to. */
export function outcomeLine(
  { cluster, outcome, changes }: Omit<RollOutClusterResult, 'planDigest'>,
  durationMs: number,
): Line {
  const tone = outcome === 'done' || outcome === 'nothing to do' ? 'good' : 'bad';
  return [span(`${cluster}: ${outcome}`, tone), span(`, ${changesText(changes)} in ${duration(durationMs)}`)];
}
