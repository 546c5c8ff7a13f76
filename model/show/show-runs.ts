import type { AnsibleRun, NumberedRun } from '../status/ansible-run.js';
import { span, type Line, type Tone } from './line.js';
import { changesText, duration, shortDigest } from './show-step.js';

const tones: Readonly<Record<AnsibleRun['state'], Tone>> = {
  done: 'good',
  failed: 'bad',
  'cut off': 'bad',
  running: 'busy',
  waiting: 'dim',
};

const longestNote = 160;

/** One line for each run: number, when, how long, which step and attempt, what came of it, and the reference of its log. */
export function showRuns(runs: readonly NumberedRun[], nowMs: number): readonly Line[] {
  const stepWidth = Math.max(0, ...runs.map(({ step }) => step.length)) + 2;
  return runs.map((run) => [
    span(`${String(run.number).padStart(3)}  ${startOf(run)}  ${lengthOf(run, nowMs).padStart(7)}  `, 'dim'),
    span(run.step.padEnd(stepWidth)),
    span(run.attempt === 1 ? '' : `attempt ${run.attempt}  `, 'dim'),
    span(run.state, tones[run.state]),
    span(cut(outcomeOf(run))),
    span(run.log === undefined ? '' : `  sha256:${shortDigest(run.log)}`, 'dim'),
  ]);
}

/** The line above a log, where several are shown. */
export function runHeading(run: NumberedRun): Line {
  const reference = run.log === undefined ? '' : ` (${run.log})`;
  return [span(`── run ${run.number}: ${run.step}, attempt ${run.attempt}, ${run.state}${reference}`, 'strong')];
}

function startOf({ startedAtMs }: AnsibleRun): string {
  return startedAtMs === undefined ? ''.padEnd(20) : new Date(startedAtMs).toISOString().replace(/\.\d+/, '');
}

function lengthOf({ startedAtMs, endedAtMs, state }: AnsibleRun, nowMs: number): string {
  const end = endedAtMs ?? (state === 'running' ? nowMs : undefined);
  return startedAtMs === undefined || end === undefined ? '' : duration(end - startedAtMs);
}

function outcomeOf({ state, note, changedTasks, log }: AnsibleRun): string {
  if (state === 'done' && log === undefined && changedTasks === undefined)
    return ': it was so already, nothing was run';
  const changes = changedTasks === undefined ? '' : `, ${changesText(changedTasks)}`;
  return `${changes}${note === undefined ? '' : `: ${note}`}`;
}

function cut(text: string): string {
  return text.length <= longestNote ? text : `${text.slice(0, longestNote)}…`;
}
