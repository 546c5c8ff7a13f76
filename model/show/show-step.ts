import { verifyStep } from '../steps.js';
import { nodeRowOf, parseStep } from '../names/parse-step.js';
import { span, type Span } from './line.js';
import { preview } from './preview.js';
import { failedTriesText, type StepState, type StepStatus } from '../status/status.js';

/** How a state is marked in a table. */
export const marks: Readonly<Record<StepState, Span>> = {
  done: { text: '✓', tone: 'good' },
  running: { text: '●', tone: 'busy' },
  waiting: { text: '○', tone: 'dim' },
  retrying: { text: '○', tone: 'dim' },
  parked: { text: '✗', tone: 'bad' },
  skipped: { text: '⤼', tone: 'bad' },
  stopped: { text: '■', tone: 'bad' },
  'not begun': { text: '·', tone: 'dim' },
};

const longestFailure = 1_000;

/** The message of a failed step, cut to a size. */
export function failureText({ step, failure }: Pick<StepStatus, 'step' | 'failure'>): string {
  const whole = nodeRowOf(step)?.playbook === undefined ? undefined : logsCommand(step);
  return preview(failure?.message ?? '', { longest: longestFailure, whole });
}

/** What a person types to read the log of a step, or what a unit and its pods say; `undefined` for steps of anything else. */
export function logsCommand(step: string): string | undefined {
  const hasLog = nodeRowOf(step)?.playbook !== undefined || parseStep(step)?.stage === 'waves';
  return hasLog ? `npx groundswell logs ${step}` : undefined;
}

/** What a person types to answer a parked step, with its first answer, and the other ones as a comment of the shell. */
export function resolveCommand({ step, answers = ['retry'] }: Pick<StepStatus, 'step' | 'answers'>): string {
  const [first = 'retry', ...others] = answers;
  const or = others.length === 0 ? '' : `  # or ${others.join(', ')}`;
  return `npx groundswell resolve ${step} ${first} --reason "…"${or}`;
}

/** The state of a step in words. */
export function stateOf(step: StepStatus): Span {
  const looksOnly = step.step === verifyStep || nodeRowOf(step.step)?.looks === true;
  if (step.state === 'done' && step.changed === false && !looksOnly) return span('done, was so already', 'good');
  return span(step.state, marks[step.state].tone);
}

/** The note of a step behind its state. */
export function noteOf(step: StepStatus): readonly Span[] {
  const note = noteText(step);
  return note === undefined ? [] : [span(`  ${note}`, 'dim')];
}

/** What a step does or waits for, and what its tries before came to. */
export function noteText({ note, failedTries }: StepStatus): string | undefined {
  if (failedTries === undefined) return note;
  const tries = failedTriesText(failedTries);
  return note === undefined ? tries : `${note}; ${tries}`;
}

/** `0 changes`, `1 change`, `42 changes`. */
export function changesText(changes: number): string {
  return `${changes} ${changes === 1 ? 'change' : 'changes'}`;
}

/** `1 try`, `3 tries`. */
export function triesText(tries: number): string {
  return `${tries} ${tries === 1 ? 'try' : 'tries'}`;
}

/** The first 12 digits of a digest: enough to say which plan is meant. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** `0:07`, `12:40`, `1:02:09`. */
export function duration(durationMs: number): string {
  const seconds = Math.max(0, Math.floor(durationMs / 1000));
  const rest = `${String(Math.floor(seconds / 60) % 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return seconds < 3600 ? rest : `${Math.floor(seconds / 3600)}:${rest.padStart(5, '0')}`;
}
