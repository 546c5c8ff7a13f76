import { alignNumbers } from '../../model/show/table.js';
import { insideByPart } from './measured-path.js';
import type { OverheadRun } from './measure-overhead.js';
import { seedParts } from './seed-durations.js';
import { idleTimers, unscaledTimers } from './unscaled-timers.js';

/** What the replaced chain took and what of ours stands for it. */
export function showSeed(): string {
  return seedParts.map(({ part, minutes, ours }) => `${minutes} min ${part}: ${ours}`).join('\n');
}

/** Wall time beside the critical path and the serial sum, a column for each run. */
export function showOverhead(runs: readonly OverheadRun[]): string {
  const row = (name: string, cell: (run: OverheadRun) => number, digits = 1): readonly string[] => [
    name,
    ...runs.map((run) => cell(run).toFixed(digits)),
  ];
  return alignNumbers([
    ['seconds', ...runs.map(({ name }) => name)],
    row('critical path of the plan', ({ plan }) => plan.seconds),
    row('wall', ({ wallSeconds }) => wallSeconds),
    row('  ÷ critical path', overheadRatio, 2),
    row('one step after another', ({ plan }) => plan.serialSeconds),
    row('  ÷ wall', ({ plan, wallSeconds }) => plan.serialSeconds / wallSeconds),
    row('overhead', (run) => run.wallSeconds - run.plan.seconds),
    row('  planning and start', ({ path }) => path[0]?.between ?? 0),
    row('  between steps', ({ path }) => total(path.slice(1).map(({ between }) => between))),
    row('  waiting for a worker', ({ path }) => total(path.map(({ queued }) => queued))),
    row('  inside steps', ({ path }) => total(path.map(({ inside }) => inside))),
    row('  after the last step', ({ after }) => after),
    row(
      '  another chain than the plan’s',
      (run) => total(run.path.map(({ simulated }) => simulated)) - run.plan.seconds,
    ),
  ]);
}

/** How much of the overhead each timer is that does not scale: what is inside steps with it, and without. */
export function showTimers(scaled: OverheadRun, unscaled: OverheadRun): string {
  const [fast, slow] = [scaled, unscaled].map(({ path }) => insideByPart(path));
  const rows = unscaledTimers.map(({ timer, parts }) => {
    const seconds = total(parts.map((part) => (slow?.get(part) ?? 0) - (fast?.get(part) ?? 0)));
    return { timer, seconds };
  });
  const sum = total(rows.map(({ seconds }) => seconds));
  const overhead = unscaled.wallSeconds - unscaled.plan.seconds;
  return [
    alignNumbers([
      ['timers that do not scale', 'seconds'],
      ...rows.map(({ timer, seconds }) => [timer, seconds.toFixed(1)]),
      [`together, of ${overhead.toFixed(1)} s overhead`, sum.toFixed(1)],
    ]),
    ...idleTimers,
  ].join('\n');
}

/** Wall time over the plan's critical path. */
export function overheadRatio({ wallSeconds, plan }: OverheadRun): number {
  return wallSeconds / plan.seconds;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
