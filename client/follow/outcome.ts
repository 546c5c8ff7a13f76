import { span, type Line } from '../../model/show/line.js';
import { changesText, duration } from '../../model/show/show-step.js';
import { standingLine } from '../../model/status/standing.js';
import type { RollOutClusterResult } from '../../workflows/contract/inputs.js';

/** The last lines of a roll-out: its outcome, the skipped steps, and the existing resources if it ended early. */
export function outcomeLines(result: Omit<RollOutClusterResult, 'planDigest'>, durationMs: number): readonly Line[] {
  const { cluster, outcome, changes, skipped = [], standing, left, stoppedBy, remarks } = result;
  const isGood = outcome === 'done' || (outcome === 'nothing to do' && remarks === undefined);
  const tone = isGood ? 'good' : 'bad';
  const by = stoppedBy?.by === undefined ? '' : ` by ${stoppedBy.by}`;
  const why = stoppedBy?.reason === undefined ? '' : ` (${stoppedBy.reason})`;
  return [
    [span(`${cluster}: ${outcome}${by}${why}`, tone), span(`, ${changesText(changes)} in ${duration(durationMs)}`)],
    ...(remarks === undefined
      ? []
      : [[span(`${remarks} differ, and groundswell leaves them alone: see \`npx groundswell plan\``)]]),
    ...skipped.map(({ step, reason, by: who }): Line => [span(`skipped ${step}, ${who}: ${reason}`, 'bad')]),
    ...(left === undefined ? [] : leftLines(cluster, left)),
    ...(standing === undefined ? [] : [[span(`now there: ${standingLine(standing)}`)]]),
    ...(skipped.length === 0 ? [] : [[span('the next `npx groundswell up` does them')]]),
  ];
}

/** What two sweeps over EC2 found after the end of a cluster: nothing of ours, or the run would not have ended well. */
function leftLines(cluster: string, left: readonly string[]): readonly Line[] {
  const nothing = `nothing with the tags of ${cluster} is left at EC2, and nothing of ours in its VPC: two sweeps looked`;
  if (left.length === 0) return [[span(nothing, 'good')]];
  return [[span(nothing)], [span(`not ours, and still there: ${left.join('; ')}`, 'bad')]];
}
