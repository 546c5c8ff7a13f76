import type { PlaybookEvent } from './events.js';
import type { PlaybookDeadline } from './playbook-deadline.js';

/** A run that the worker ended, with its task at that time. */
export interface HungRun {
  /** The passed deadline: of silence, or of the whole run. */
  readonly passed: 'quiet' | 'whole';
  readonly limitMs: number;
  /** The task that ran; `undefined` before the first task. */
  readonly task: string | undefined;
  /** Time of the last sign of a silent run, else the start of the task. */
  readonly sinceMs: number;
}

/** A watch over one run. */
export interface RunWatch {
  /** Aborts when a deadline passes. */
  readonly signal: AbortSignal;
  /** Notes a sign of life of the run: an event, or a line of output. */
  sign(event?: PlaybookEvent): void;
  /** The hung run, after a deadline has passed. */
  hung(): HungRun | undefined;
  /** Ends the watch: no deadline passes after the end of the run. */
  end(): void;
}

/** Watches one run. Each sign of life renews the deadline of silence; nothing renews the deadline of the whole run. */
export function watchRun(deadline: PlaybookDeadline): RunWatch {
  const given = new AbortController();
  let task: string | undefined;
  let taskSinceMs = Date.now();
  let signMs = Date.now();
  let found: HungRun | undefined;

  function giveUp(passed: HungRun['passed']): void {
    const sinceMs = passed === 'quiet' ? signMs : taskSinceMs;
    found ??= { passed, task, sinceMs, limitMs: deadline[passed === 'quiet' ? 'quietMs' : 'wholeMs'] };
    given.abort();
  }
  const silence = setTimeout(giveUp, deadline.quietMs, 'quiet');
  const whole = setTimeout(giveUp, deadline.wholeMs, 'whole');
  return {
    signal: given.signal,
    sign(event) {
      signMs = Date.now();
      if (event?.event === 'task') [task, taskSinceMs] = [event.task, signMs];
      // a fired timer would fire again after a refresh
      if (found === undefined) silence.refresh();
    },
    hung: () => found,
    end() {
      clearTimeout(silence);
      clearTimeout(whole);
    },
  };
}
