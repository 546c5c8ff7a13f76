import { span, type Line } from '../../model/show/line.js';
import { showStatus } from '../../model/show/show-status.js';
import { showBroken } from '../../model/show/broken-run.js';
import { showWanted } from '../../model/show/show-wanted.js';
import { wrapLine } from '../../model/show/wrap-line.js';
import { changesText, duration, shortDigest } from '../../model/show/show-step.js';
import { showStepChanges, stepColumn } from '../../model/show/show-step-changes.js';
import {
  parkedSteps,
  stepsOf,
  type ApplySnapshot,
  type FrontDoorSnapshot,
} from '../../model/status/status-snapshot.js';
import type { FrontDoorStatus, StepStatus } from '../../model/status/status.js';
import type { Output } from '../output.js';

/** The result of one look at a roll-out. */
export interface Look {
  /** Status of the front door, if there is one. */
  readonly door?: FrontDoorStatus;
  readonly apply?: ApplySnapshot;
  /** The last progress of the front door's activity while it plans. */
  readonly doing?: string;
  /** Other front doors of the cluster, which wait for a person or for this run. */
  readonly others?: readonly FrontDoorSnapshot[];
  /** Why the look is incomplete: no worker answers. */
  readonly gap?: string;
  /** The run of another person that holds the cluster, while the front door waits for that run. */
  readonly holder?: ApplySnapshot;
}

/** Shows looks at a roll-out to a person: redraws a table on a terminal, and writes one line per change into a pipe. */
export interface Narrator {
  readonly show: (look: Look) => void;
  /** Says that one look had no answer, which is no reason to worry yet. */
  readonly waits: (why: string) => void;
  /**
   * Says that nobody answers, with advice for a person. Writes it once into a pipe, and keeps it below the table on a
   * terminal.
   */
  readonly missing: (why: string, advice: string) => void;
  /** Says that a look had an answer, and withdraws the texts of `waits` and `missing`. */
  readonly answered: () => void;
  readonly end: () => void;
}

export interface NarratorOptions {
  readonly output: Output;
  readonly cluster: string;
}

const remindEveryMs = 30_000;

export function createNarrator(options: NarratorOptions): Narrator {
  return options.output.interactive ? createTable(options) : createNarration(options);
}

function createTable({ output, cluster }: NarratorOptions): Narrator {
  const leave: readonly Line[] = [[span('Ctrl-C leaves; the run continues', 'dim')]];
  let last: Look = {};
  let lastLines = leave;
  const lines = (brief: boolean): readonly Line[] => {
    const { apply, others: frontDoors = [] } = last;
    // the last cell of a row stays empty
    const options = { nowMs: Date.now(), brief, columns: output.columns - 1, wrap: true };
    if (apply !== undefined) return showStatus({ cluster, frontDoors, apply }, options);
    const door: Line = [span(cluster, 'strong'), span(`  ${doorText(last)}`, 'busy')];
    const others = frontDoors.length === 0 ? [] : [[], ...showStatus({ cluster, frontDoors }, options)];
    return [...wrapLine(door, options.columns), ...others];
  };
  const draw = (): void => {
    const footer = [[], ...lastLines];
    const whole = [...lines(false), ...footer];
    output.redraw(whole.length < output.rows ? whole : [...lines(true), ...footer]);
  };
  const drawWith = (below: readonly Line[]): void => {
    lastLines = below;
    draw();
  };
  return {
    show(look) {
      last = look;
      draw();
    },
    waits(why) {
      drawWith([[span(why, 'busy')]]);
    },
    missing(why, advice) {
      drawWith([[span(why, 'bad')], [span(advice)]]);
    },
    answered() {
      lastLines = leave;
    },
    end() {
      output.redraw([]);
      // a plan that was asked about is on the screen; of a wait that is left, this is all that remains
      if (last.apply !== undefined || last.holder !== undefined) output.lines([...lines(false), []]);
    },
  };
}

function createNarration({ output }: NarratorOptions): Narrator {
  let steps: readonly StepStatus[] = [];
  let door = '';
  let told: ReadonlySet<string> = new Set();
  let wasPaused = false;
  let missed = '';
  let spokeAtMs = Date.now();
  const runningSinceMs = new Map<string, number>();
  const say = (line: Parameters<Output['progress']>[0]): void => {
    spokeAtMs = Date.now();
    const spans = typeof line === 'string' ? [span(line)] : line;
    output.progress([span(`${new Date().toTimeString().slice(0, 8)}  `, 'dim'), ...spans]);
  };
  return {
    show(look) {
      if (look.door !== undefined && look.door.phase !== 'ended' && doorText(look) !== door) {
        door = doorText(look);
        say(door);
      }
      if (look.apply === undefined) {
        if (door !== '' && Date.now() - spokeAtMs >= remindEveryMs) say(`still ${door}`);
        return;
      }
      const now = stepsOf(look.apply);
      for (const line of showStepChanges(steps, now)) say(line);
      const wanted = [...showBroken(look.apply.broken ?? []), ...showWanted(look.apply.status)];
      for (const { key, line } of wanted) if (!told.has(key)) say(line);
      // without a worker nobody knows
      if (look.apply.status !== undefined) {
        const paused = look.apply.status.paused !== undefined;
        if (wasPaused && !paused && look.apply.state === 'open') say('no longer paused');
        wasPaused = paused;
      }
      told = new Set(wanted.map(({ key }) => key));
      steps = now;
      keepTimes(runningSinceMs, now);
      if (Date.now() - spokeAtMs >= remindEveryMs) for (const line of reminder(now, runningSinceMs)) say(line);
    },
    waits: () => undefined,
    missing(why, advice) {
      if (missed === why) return;
      missed = why;
      output.note([span(`${why}; ${advice}`, 'bad')]);
    },
    answered() {
      if (missed !== '') output.note([span('Temporal or the worker answers again', 'good')]);
      missed = '';
    },
    end: () => undefined,
  };
}

function keepTimes(sinceMs: Map<string, number>, steps: readonly StepStatus[]): void {
  const running = new Set(steps.filter((step) => step.state === 'running').map((step) => step.step as string));
  for (const name of sinceMs.keys()) if (!running.has(name)) sinceMs.delete(name);
  for (const name of running) if (!sinceMs.has(name)) sinceMs.set(name, Date.now());
}

function reminder(steps: readonly StepStatus[], sinceMs: ReadonlyMap<string, number>): readonly string[] {
  const running = steps.filter((step) => step.state === 'running');
  const lines = running.slice(0, 3).map((step) => {
    const time = duration(Date.now() - (sinceMs.get(step.step) ?? Date.now()));
    return `${stepColumn(step.step)}still running, ${time}${step.note === undefined ? '' : `: ${step.note}`}`;
  });
  return running.length > 3 ? [...lines, `and ${String(running.length - 3)} more`] : lines;
}

function doorText({ door, holder, doing, gap }: Look): string {
  if (door === undefined) return gap === undefined ? 'starting' : 'open';
  switch (door.phase) {
    case 'planning': {
      const what = door.note ?? doing;
      return `planning${what === undefined ? '' : `: ${what}`}`;
    }
    case 'waiting for approval': {
      const command = `npx groundswell approve ${shortDigest(door.planDigest ?? '')}`;
      return `waits for approval of ${changesText(door.changes ?? 0)} → ${command}`;
    }
    case 'waiting for the cluster':
      return `waits for the cluster: ${door.busyWith ?? 'another run holds the lock'}${parkedClause(holder)}`;
    case 'applying':
      return 'applying';
    case 'ended':
      return 'ending';
  }
}

/** Says that the holder of the cluster waits for a person, and so will not end by itself. */
function parkedClause(holder: ApplySnapshot | undefined): string {
  const [first, ...more] = holder === undefined ? [] : parkedSteps(holder);
  if (first === undefined) return '';
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return `; that run is parked on ${first.step}${others} and waits for a person`;
}
