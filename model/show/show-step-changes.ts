import type { StepState, StepStatus } from '../status/status.js';
import { padEndCells } from './cells.js';
import { span, type Line } from './line.js';
import { failureText, noteOf, resolveCommand, stateOf, triesText } from './show-step.js';

/** One line for a step that waits for a person: what failed, why, what to do, what to type. */
export function parkedLine(step: StepStatus): Line {
  const { failure } = step;
  const why =
    failure === undefined ? '' : ` after ${triesText(failure.attempts)}: ${failureText(step)} (${failure.type})`;
  const advice = failure === undefined ? '' : ` → ${failure.advice}`;
  return [span(`PARKED ${step.step}${why}${advice} → ${resolveCommand(step)}`, 'bad')];
}

/** One line for each step whose state changed between two moments; steps that have not begun say nothing. */
export function showStepChanges(before: readonly StepStatus[], after: readonly StepStatus[]): readonly Line[] {
  const states = new Map(before.map((step) => [step.step, step]));
  return after
    .filter((step) => step.state !== 'not begun' && changed(states.get(step.step), step))
    .map((step) => (step.state === 'parked' ? parkedLine(step) : stepLine(step)));
}

function changed(before: StepStatus | undefined, after: StepStatus): boolean {
  if (before?.state !== after.state) return true;
  return after.state === 'parked'
    ? before.parkId !== after.parkId
    : isPausing(after.state) && before.note !== after.note;
}

function isPausing(state: StepState): boolean {
  return state === 'waiting' || state === 'retrying';
}

/** The name of a step at the beginning of a line, with blanks up to where the rest begins. */
export function stepColumn(step: string): string {
  return `${padEndCells(step, 36)}  `;
}

/** One line for one step: name, state, note. */
export function stepLine(step: StepStatus): Line {
  const name = span(stepColumn(step.step));
  // the note of such a step is a whole clause: `waits for k8s-master`, `tries again: …`
  if (isPausing(step.state) && step.note !== undefined) return [name, span(step.note, 'dim')];
  return [name, stateOf(step), ...noteOf(step)];
}
