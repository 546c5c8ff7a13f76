import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';
import { span, type Tone } from '../model/line.js';
import { RolloutError } from '../model/rollout-error.js';
import { showStatus } from '../model/show-status.js';
import { showWanted } from '../model/show-wanted.js';
import { duration, showStepChanges } from '../model/show-step.js';
import { parkedSteps, stepsOf, type ApplySnapshot } from '../model/status-snapshot.js';
import type { FrontDoorStatus, StepStatus } from '../model/status.js';
import { rpcProblem } from './ask-temporal.js';
import type { Output } from './output.js';

/** What is seen of a roll-out at one look. */
export interface Look {
  /** Of the front door, where there is one. */
  readonly door?: FrontDoorStatus;
  readonly apply?: ApplySnapshot;
}

export interface FollowOptions {
  readonly output: Output;
  readonly cluster: string;
  readonly look: () => Promise<Look>;
  /** Settles, never rejects, when the run ends. */
  readonly ended: Promise<void>;
  /** Settles when the person presses Ctrl-C. */
  readonly detached: Promise<void>;
  /** Come back as soon as only a person's answer can move it on. Default false: show it and wait. */
  readonly leaveWhenParked?: boolean;
  /** Come back when the front door waits for an approval. Default false: show it and wait. */
  readonly leaveForApproval?: boolean;
}

export type FollowEnd =
  | { readonly reason: 'ended' | 'detached' | 'parked' }
  | { readonly reason: 'approval'; readonly door: FrontDoorStatus };

/** The shortest pause between two looks. */
const lookEveryMs = 1_000;
/** A look asks every open child, which workers have to answer: the pause is at least this many times as long as it took. */
const pausePerLook = 4;
const remindEveryMs = 30_000;
/** How long Temporal may be silent before a follower gives up. */
const patienceMs = 60_000;

/** Shows the progress of a roll-out until it ends: a table that is drawn again on a terminal, one line per change in a pipe. */
export async function follow(options: FollowOptions): Promise<FollowEnd> {
  const { output } = options;
  const narrator = output.interactive ? createTable(options) : createNarration(options);
  const over = Promise.race([
    options.ended.then(() => ({ reason: 'ended' }) as const),
    options.detached.then(() => ({ reason: 'detached' }) as const),
  ]);
  const looker = createLooker(options);
  let quietLooks = 0;
  for (;;) {
    const lookedAtMs = performance.now();
    const seen = await Promise.race([over, looker()]);
    if (seen !== undefined && 'reason' in seen) return finish(options, narrator, seen);
    if (seen !== undefined) {
      narrator.show(seen);
      const { door, apply } = seen;
      if (options.leaveForApproval === true && door?.phase === 'waiting for approval') {
        output.redraw([]);
        return { reason: 'approval', door };
      }
      quietLooks = apply !== undefined && onlyPeopleCanHelp(apply) ? quietLooks + 1 : 0;
      // twice, because between two steps there is a moment when none runs
      if (options.leaveWhenParked === true && quietLooks > 1) return finish(options, narrator, { reason: 'parked' });
    }
    const pauseMs = Math.max(lookEveryMs, pausePerLook * (performance.now() - lookedAtMs));
    const next = await Promise.race([over, sleep(pauseMs)]);
    if (next !== undefined) return finish(options, narrator, next);
  }
}

async function finish(options: FollowOptions, narrator: Narrator, end: FollowEnd): Promise<FollowEnd> {
  // a last look: the steps between the one before and the end
  if (end.reason === 'ended') await options.look().then(narrator.show, () => undefined);
  narrator.end();
  return end;
}

function onlyPeopleCanHelp(apply: ApplySnapshot): boolean {
  return parkedSteps(apply).length > 0 && !stepsOf(apply).some((step) => step.state === 'running');
}

/** Looks, and bears it when nobody answers: says so once, and fails only when Temporal is silent for a minute. */
function createLooker({ look, output }: FollowOptions): () => Promise<Look | undefined> {
  let silentSinceMs: number | undefined;
  let unanswered = 0;
  let told = '';
  const tell = (text: string, tone: Tone): void => {
    if (told === text) return;
    told = text;
    output.redraw([]);
    output.endRedraw();
    output.note([span(text, tone)]);
  };
  return async () => {
    try {
      const seen = await look();
      silentSinceMs = undefined;
      unanswered = 0;
      if (told !== '') tell('it answers again', 'good');
      told = '';
      return seen;
    } catch (error) {
      if (error instanceof RolloutError && error.type === 'WorkerUnreachable') {
        unanswered += 1;
        // a busy worker misses one question; one that misses two is not there
        if (unanswered > 1)
          tell(`${error.message}; nothing is lost, it goes on with the next worker → npx groundswell worker`, 'bad');
        return undefined;
      }
      if (!(error instanceof ServiceError)) throw error;
      silentSinceMs ??= Date.now();
      if (Date.now() - silentSinceMs > patienceMs) throw error;
      tell(`Temporal does not answer (${rpcProblem(error)}); trying for a minute`, 'bad');
      return undefined;
    }
  };
}

interface Narrator {
  readonly show: (look: Look) => void;
  readonly end: () => void;
}

function createTable({ output, cluster }: FollowOptions): Narrator {
  let last: Look = {};
  const footer = [[], [span('Ctrl-C leaves; the roll-out goes on', 'dim')]];
  const lines = (brief: boolean) =>
    last.apply === undefined
      ? [[span(cluster, 'strong'), span(`  ${doorText(last.door)}`, 'busy')]]
      : showStatus({ cluster, frontDoors: [], apply: last.apply }, { nowMs: Date.now(), brief });
  return {
    show(look) {
      last = look;
      const whole = [...lines(false), ...footer];
      output.redraw(whole.length < output.rows ? whole : [...lines(true), ...footer]);
    },
    end() {
      output.redraw([]);
      if (last.apply !== undefined) output.lines([...lines(false), []]);
    },
  };
}

function createNarration({ output }: FollowOptions): Narrator {
  let steps: readonly StepStatus[] = [];
  let door = '';
  let told: ReadonlySet<string> = new Set();
  let spokeAtMs = Date.now();
  const runningSinceMs = new Map<string, number>();
  const say = (line: Parameters<Output['progress']>[0]): void => {
    spokeAtMs = Date.now();
    const spans = typeof line === 'string' ? [span(line)] : line;
    output.progress([span(`${new Date().toTimeString().slice(0, 8)}  `, 'dim'), ...spans]);
  };
  return {
    show(look) {
      if (look.door !== undefined && look.door.phase !== 'ended' && doorText(look.door) !== door) {
        door = doorText(look.door);
        say(door);
      }
      if (look.apply === undefined) return;
      const now = stepsOf(look.apply);
      for (const line of showStepChanges(steps, now)) say(line);
      const wanted = showWanted(look.apply.status);
      for (const { key, line } of wanted) if (!told.has(key)) say(line);
      told = new Set(wanted.map(({ key }) => key));
      steps = now;
      keepTimes(runningSinceMs, now);
      if (Date.now() - spokeAtMs >= remindEveryMs) for (const line of reminder(now, runningSinceMs)) say(line);
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
    return `${step.step.padEnd(36)}  still running, ${time}${step.note === undefined ? '' : `: ${step.note}`}`;
  });
  return running.length > 3 ? [...lines, `and ${String(running.length - 3)} more`] : lines;
}

function doorText(door: FrontDoorStatus | undefined): string {
  if (door === undefined) return 'starting';
  switch (door.phase) {
    case 'planning':
      return 'planning';
    case 'waiting for approval':
      return 'waits for approval';
    case 'waiting for the cluster':
      return `waits for the cluster: ${door.busyWith ?? 'another run holds the lock'}`;
    case 'applying':
      return 'applying';
    case 'ended':
      return 'ending';
  }
}
