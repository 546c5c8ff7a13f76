import { AnswerLost, type OutsideCall, type Passage } from '../../rehearsal/simulated/serve-systems.js';
import {
  edgeOf,
  endsWithItsCaller,
  faults,
  isEffect,
  moments,
  type ActivityName,
  type Fault,
  type Moment,
} from './moments.js';
import { settledWhileMoving } from './patience.js';
import { createTurns } from './turns.js';
import { Attempt } from './watched-activities.js';

/** What a series of runs is about: every row is struck once, at this moment, by this fault. */
export interface Column {
  readonly moment: Moment;
  readonly fault: Fault;
}

/** Every fault at every moment. */
export const columns: readonly Column[] = faults.flatMap((fault) => moments.map((moment) => ({ fault, moment })));

/** One fault that happened. */
export interface Strike {
  readonly attempt: Attempt;
  /** Whether the server has to have started a second attempt of the same activity. */
  readonly repeated: boolean;
  /** What went wrong with it; `undefined` when the activity was done again, or went on, and came to its end. */
  readonly problem: string | undefined;
}

/** Stands between a worker, the server and the outside, and strikes. */
export interface Director {
  /** Stands before the outside. */
  readonly passage: Passage;
  /** Answers an attempt that asks: whether it may begin, send this heartbeat, or tell its end. */
  answer(point: string, told: Attempt & { readonly ok: boolean }, gone: AbortSignal): Promise<boolean>;
  /** By row. */
  readonly strikes: ReadonlyMap<string, Strike>;
  /** How many heartbeats were asked for so far. */
  beats(): number;
  /** How many attempts began or ended so far: what goes on. Who only asks for the lock again and again does not count. */
  moves(): number;
  /** Attempts that began and have not ended, those of killed workers left out. */
  open(): readonly Attempt[];
  /** To be called when the worker was killed: none of its attempts goes on. */
  workerEnded(): void;
}

interface Seen {
  readonly attempt: Attempt;
  beats: number;
  /** Its heartbeats do not reach the server. */
  mute: boolean;
  /** Its end never reaches the server. */
  endLost: boolean;
  open: boolean;
}

/** A strike that is not over yet. */
interface Running {
  readonly attempt: Attempt;
  readonly row: string;
  /** Whether the attempt that was struck came to an end by itself. */
  firstEnded: boolean;
  readonly second: Record<'begun' | 'atEffect' | 'performed', PromiseWithResolvers<undefined>>;
  readonly done: PromiseWithResolvers<undefined>;
}

export interface DirectorOptions {
  /** Without one nothing is struck. */
  readonly column: Column | undefined;
  /** Ends the worker by SIGKILL and starts another. */
  readonly kill: () => void;
  /** Which attempts may be struck. */
  readonly mayStrike: (attempt: Attempt) => boolean;
  /** The row that an attempt, or the call of its effect, belongs to: each is struck once. Default: its activity type. */
  readonly rowOf?: (attempt: Attempt, call?: OutsideCall) => string;
  /**
   * Who performs a call. The outside performs one of a dead worker too, and begins after the heartbeats that the strike
   * waits for; a worker begins before them, and what it performs ends with it. Default: the outside.
   */
  readonly performer?: 'outside' | 'worker';
  /** In how many looks in a row, half a second apart, nothing may move before a strike is given up. Default 240. */
  readonly patience?: number;
}

/** Makes the director of one column. */
export function createDirector(options: DirectorOptions): Director {
  const { column, kill, mayStrike, rowOf = typeOf, performer = 'outside', patience = 240 } = options;
  const seen = new Map<string, Seen>();
  const strikes = new Map<string, Strike>();
  const turns = createTurns();
  const waiters = new Set<() => void>();
  let running: Running | undefined;
  let beats = 0;
  let moves = 0;

  /** Waits for the turn of this attempt, then does it, unless its row was struck already, or it is gone. */
  async function strike(
    { attempt }: Seen,
    { call, gone }: { readonly call?: OutsideCall; readonly gone: AbortSignal },
    act: (current: Running) => Promise<unknown>,
  ): Promise<{ readonly result: unknown } | 'not struck' | 'gone'> {
    const { activity } = attempt;
    const row = rowOf(attempt, call);
    if (column === undefined || strikes.has(row) || !mayStrike(attempt)) return 'not struck';
    const turn = await turns.take({ type: row, name: nameOf(attempt) }, gone);
    if (!turn) return gone.aborted ? 'gone' : 'not struck';
    if (strikes.has(row) || gone.aborted) {
      turns.release();
      return gone.aborted ? 'gone' : 'not struck';
    }
    turns.dismiss(row);
    const current: Running = {
      attempt,
      row,
      firstEnded: false,
      second: { begun: Promise.withResolvers(), atEffect: Promise.withResolvers(), performed: Promise.withResolvers() },
      done: Promise.withResolvers(),
    };
    running = current;
    const { fault, moment } = column;
    const reset = fault === 'lost answer' && moment !== 'during a heartbeat' && edgeOf(activity, moment) === undefined;
    strikes.set(row, {
      attempt,
      repeated: !reset,
      problem: `it did not come to its end, and nothing moved for ${patience} looks`,
    });
    void settledWhileMoving(() => moves, current.done.promise, patience)
      .then(
        () => strikes.set(row, { attempt, repeated: !reset, problem: undefined }),
        () => undefined,
      )
      .finally(() => {
        running = undefined;
        turns.release();
      });
    return { result: await act(current) };
  }

  /** What happens at the edge of an activity that has no effect on the outside. */
  async function strikeEdge(one: Seen, gone: AbortSignal): Promise<boolean> {
    const outcome = await strike(one, { gone }, async ({ second }) => {
      switch (column?.fault) {
        case 'worker SIGKILL':
          kill();
          return false;
        case 'activity time-out':
          one.mute = true;
          await second.begun.promise;
          one.mute = false;
          return true;
        default:
          return false;
      }
    });
    return outcome === 'not struck' || (outcome !== 'gone' && outcome.result === true);
  }

  /** What happens to the call by which an activity has its effect. */
  function strikeCall(one: Seen, call: OutsideCall, perform: () => Promise<unknown>, { second }: Running) {
    switch (column?.fault) {
      case 'worker SIGKILL':
        return killAt(one, call, perform);
      case 'activity time-out':
        return timeOutAt(one, perform, second);
      default:
        return loseAt(one, perform);
    }
  }

  async function killAt(one: Seen, call: OutsideCall, perform: () => Promise<unknown>): Promise<unknown> {
    if (column?.moment === 'after the effect') await perform();
    const begun = column?.moment === 'during a heartbeat' ? await beginAndBeat(one, perform) : undefined;
    kill();
    // what was begun on a host or at an API ends without its caller
    if (begun !== undefined && performer === 'outside' && !endsWithItsCaller(call)) await begun();
    throw new AnswerLost();
  }

  async function timeOutAt(one: Seen, perform: () => Promise<unknown>, second: Running['second']): Promise<unknown> {
    const result = column?.moment === 'after the effect' ? await perform() : undefined;
    const begun = column?.moment === 'during a heartbeat' ? await beginAndBeat(one, perform) : perform;
    one.mute = true;
    await second.begun.promise;
    one.mute = false;
    if (column?.moment === 'after the effect') return result;
    await (column?.moment === 'before the effect' ? second.performed : second.atEffect).promise;
    return begun();
  }

  async function loseAt(one: Seen, perform: () => Promise<unknown>): Promise<unknown> {
    switch (column?.moment) {
      case 'during a heartbeat': {
        const begun = await beginAndBeat(one, perform);
        one.endLost = true;
        return begun();
      }
      case 'after the effect':
        await perform();
        break;
      default:
    }
    throw new AnswerLost();
  }

  /** Waits for two heartbeats, with the call at work meanwhile where a worker performs it. What is returned is its rest. */
  async function beginAndBeat(one: Seen, perform: () => Promise<unknown>): Promise<() => Promise<unknown>> {
    const begun = performer === 'worker' ? perform() : undefined;
    // its worker may be killed before it ends
    void begun?.catch(() => undefined);
    await twoBeats(one);
    return begun === undefined ? perform : () => begun;
  }

  /** Waits until an attempt has sent two more heartbeats. */
  async function twoBeats(one: Seen): Promise<void> {
    const enough = one.beats + 2;
    while (one.beats < enough) await new Promise<void>((resolve) => waiters.add(resolve));
  }

  function seenAs(attempt: Attempt): Seen {
    const key = JSON.stringify(Attempt.parse(attempt));
    const one = seen.get(key) ?? { attempt, beats: 0, mute: false, endLost: false, open: true };
    seen.set(key, one);
    return one;
  }

  function beat(one: Seen): boolean {
    beats += 1;
    one.beats += 1;
    for (const wake of waiters) wake();
    waiters.clear();
    return !one.mute;
  }

  /** Whether an attempt does again what the running strike hit. */
  function isSecond({ activity, runId, activityId, attempt }: Attempt): boolean {
    const first = running?.attempt;
    if (first === undefined || first.activity !== activity || first.runId !== runId) return false;
    // a step that failed by a lost answer is a new activity of the same workflow
    if (first.activityId === activityId) return attempt > first.attempt;
    return running?.firstEnded === true && Number(activityId) > Number(first.activityId);
  }

  function end(one: Seen, ok: boolean): void {
    if (running === undefined) return;
    const own = one.attempt === running.attempt;
    if (own) running.firstEnded = true;
    const recovered = own ? strikes.get(running.row)?.repeated === false : isSecond(one.attempt);
    if (!recovered) return;
    if (!own) for (const promise of Object.values(running.second)) promise.resolve(undefined);
    // this one fails on purpose until the other run has ended
    if (ok || one.attempt.activity === 'waitUntilClosed') running.done.resolve(undefined);
  }

  return {
    strikes,
    beats: () => beats,
    moves: () => moves,
    open: () => [...seen.values()].filter(({ open }) => open).map(({ attempt }) => attempt),
    workerEnded() {
      for (const one of seen.values()) one.open = false;
    },
    async answer(point, { ok, ...attempt }, gone) {
      const one = seenAs(attempt);
      const edge = column === undefined ? undefined : edgeOf(attempt.activity, column.moment);
      if (point === 'beat') return beat(one);
      if (!waiting.includes(attempt.activity)) moves += 1;
      if (point === 'begin') {
        if (isSecond(attempt)) running?.second.begun.resolve(undefined);
        one.open = edge !== 'begin' || (await strikeEdge(one, gone));
        return one.open;
      }
      const told = !one.endLost && (edge === 'end' ? await strikeEdge(one, gone) : true);
      one.open = false;
      if (told) end(one, ok);
      return told;
    },
    async passage(call, perform) {
      if (column === undefined || call.caller === '') return perform();
      const one = seenAs(Attempt.parse(JSON.parse(call.caller)));
      if (!isEffect(one.attempt.activity, column.moment, call)) return perform();
      if (isSecond(one.attempt)) {
        running?.second.atEffect.resolve(undefined);
        const result = await perform();
        running?.second.performed.resolve(undefined);
        return result;
      }
      const outcome = await strike(one, { call, gone: call.gone }, (current) =>
        strikeCall(one, call, perform, current),
      );
      if (outcome === 'gone') throw new AnswerLost();
      return outcome === 'not struck' ? perform() : outcome.result;
    },
  };
}

function typeOf({ activity }: Attempt): string {
  return activity;
}

function nameOf({ activity, runId, activityId }: Attempt): string {
  return `${activity} ${runId} ${activityId}`;
}

/** What a front door does while somebody else has the lock, for as long as it takes. */
const waiting: readonly string[] = ['describeHolder', 'waitUntilClosed'] satisfies readonly ActivityName[];
