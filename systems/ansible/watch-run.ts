import type { PlaybookEvent } from './events.js';
import type { PlaybookDeadline } from './playbook-deadline.js';

/** A run that was given up, and what it did then. */
export interface HungRun {
  /** Its deadline that passed: the one of silence, or the one of the whole run. */
  readonly passed: 'quiet' | 'whole';
  readonly limitMs: number;
  /** The task that had begun; `undefined` before the first. */
  readonly task: string | undefined;
  /** Of the last sign of the run where it was silent, else the begin of the task. */
  readonly sinceMs: number;
}

/** Watches one run from now on. */
export interface RunWatch {
  /** Aborted when a deadline passes. */
  readonly signal: AbortSignal;
  /** The run showed a sign of life: an event of it, or a line of output. */
  sign(event?: PlaybookEvent): void;
  /** What hung, once a deadline has passed. */
  hung(): HungRun | undefined;
  /** The run has ended: no deadline passes any more. */
  end(): void;
}

/** Patience follows progress: each sign of a run renews its silence, nothing renews the bound of the whole. */
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
      // a timer that is refreshed after it fired would fire again
      if (found === undefined) silence.refresh();
    },
    hung: () => found,
    end() {
      clearTimeout(silence);
      clearTimeout(whole);
    },
  };
}
