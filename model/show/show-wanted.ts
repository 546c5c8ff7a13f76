import { span, type Line } from './line.js';
import { movedClause } from '../plan/moved-steps.js';
import { changesText, shortDigest } from './show-step.js';
import type { ApplyStatus } from '../status/status.js';

/**
 * The waits of a whole run, with the commands to type: the end of a pause, the approval of a new plan, and older runs.
 */
export function showWanted(
  status: Pick<ApplyStatus, 'paused' | 'amended' | 'waitsForOlder'> | undefined,
): readonly { readonly key: string; readonly line: Line }[] {
  const { paused, amended, waitsForOlder = [] } = status ?? {};
  const wanted: { key: string; line: Line }[] = [];
  if (paused !== undefined) {
    const why = `PAUSED by ${paused.by}: ${paused.reason} → `;
    const line = [span(why, 'bad'), span('npx groundswell resume --reason "…"', 'strong')];
    wanted.push({ key: `paused ${paused.since}`, line });
  }
  if (amended !== undefined) {
    const why = `STALE the world differs from the plan; the new plan has ${changesText(amended.changes)}${movedClause(amended.moved)} → `;
    const line = [span(why, 'bad'), span(`npx groundswell approve ${shortDigest(amended.digest)}`, 'strong')];
    wanted.push({ key: amended.digest, line });
  }
  for (const line of waitsForOlder) wanted.push({ key: line, line: [span(line, 'busy')] });
  return wanted;
}
