import type { AnsibleRun, NumberedRun } from '../artifacts/ansible-run.js';
import { cutCells, padEndCells, padStartCells, widestOf } from './cells.js';
import { span, type Line, type Tone } from './line.js';
import { changesText, duration, shortDigest } from './show-step.js';

const tones: Readonly<Record<AnsibleRun['state'], Tone>> = {
  done: 'good',
  failed: 'bad',
  'cut off': 'bad',
  running: 'busy',
  waiting: 'dim',
};

/** Cells of what came of a run: beside its log the whole is shown. */
const widestOutcome = 160;

/** One line for each run: number, when, how long, which step and attempt, what came of it, and the reference of its log. */
export function showRuns(runs: readonly NumberedRun[], nowMs: number): readonly Line[] {
  const stepWidth = widestOf(runs.map(({ step }) => step)) + 2;
  return runs.map((run) => [
    span(
      `${padStartCells(String(run.number), 3)}  ${startOf(run)}  ${padStartCells(lengthOf(run, nowMs), 7)}  `,
      'dim',
    ),
    span(padEndCells(run.step, stepWidth)),
    span(run.attempt === 1 ? '' : `attempt ${run.attempt}  `, 'dim'),
    span(run.state, tones[run.state]),
    span(cutCells(outcomeOf(run), widestOutcome)),
    span(run.log === undefined ? '' : `  sha256:${shortDigest(run.log)}`, 'dim'),
  ]);
}

/** The line above a log, where several are shown. */
export function runHeading(run: NumberedRun): Line {
  const reference = run.log === undefined ? '' : ` (${run.log})`;
  return [span(`── run ${run.number}: ${run.step}, attempt ${run.attempt}, ${run.state}${reference}`, 'strong')];
}

function startOf({ startedAtMs }: AnsibleRun): string {
  return startedAtMs === undefined ? padEndCells('', 20) : new Date(startedAtMs).toISOString().replace(/\.\d+/, '');
}

function lengthOf({ startedAtMs, endedAtMs, state }: AnsibleRun, nowMs: number): string {
  const end = endedAtMs ?? (state === 'running' ? nowMs : undefined);
  return startedAtMs === undefined || end === undefined ? '' : duration(end - startedAtMs);
}

function outcomeOf({ state, note, changedTasks, log }: AnsibleRun): string {
  if (state === 'done' && log === undefined && changedTasks === undefined)
    return ': the host was up to date, so nothing ran';
  const changes = changedTasks === undefined ? '' : `, ${changesText(changedTasks)}`;
  return `${changes}${note === undefined ? '' : `: ${note}`}`;
}
