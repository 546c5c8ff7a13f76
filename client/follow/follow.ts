import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '@temporalio/client';
import { failureKinds } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';
import { parkedSteps, stepsOf, type ApplySnapshot } from '../../model/status/status-snapshot.js';
import { goesOn, type FrontDoorStatus } from '../../model/status/status.js';
import { rpcProblem } from '../runs/ask-temporal.js';
import { createNarrator, type Look, type Narrator } from './narrator.js';
import type { Output } from '../output.js';

export interface FollowOptions {
  readonly output: Output;
  readonly cluster: string;
  readonly look: () => Promise<Look>;
  /** Settles, never rejects, when the run ends. */
  readonly ended: Promise<void>;
  /** Settles when the person presses Ctrl-C. */
  readonly detached: Promise<void>;
  /**
   * Return as soon as only a person can move the run on, or the run that it waits for. Default false: show the run and
   * wait.
   */
  readonly leaveWhenParked?: boolean;
  /** Return when the front door waits for an approval. Default false: show the front door and wait. */
  readonly leaveForApproval?: boolean;
  /** The shortest pause between two looks. Default 1000. */
  readonly lookEveryMs?: number;
}

export type FollowEnd =
  | { readonly reason: 'ended' | 'detached' | 'parked' }
  | { readonly reason: 'approval'; readonly door: FrontDoorStatus };

/**
 * A look queries every open child, and workers must answer. The pause is at least this many times as long as the look
 * took.
 */
const pausePerLook = 4;
/** How long Temporal may be silent before a follower gives up. */
const patienceMs = 60_000;
const goesOnLater = 'nothing is lost; the next worker continues it → npx groundswell worker';

/**
 * Shows the progress of a roll-out until it ends. Redraws a table on a terminal; writes one line per change into a
 * pipe.
 */
export async function follow(options: FollowOptions): Promise<FollowEnd> {
  const { output, lookEveryMs = 1_000 } = options;
  const narrator = createNarrator(options);
  const over = Promise.race([
    options.ended.then(() => ({ reason: 'ended' }) as const),
    options.detached.then(() => ({ reason: 'detached' }) as const),
  ]);
  const looker = createLooker(options, narrator);
  let quietLooks = 0;
  for (;;) {
    const lookedAtMs = performance.now();
    const seen = await Promise.race([over, looker()]);
    if (seen !== undefined && 'reason' in seen) return finish(options, narrator, seen);
    if (seen !== undefined) {
      const { door, apply = seen.holder } = seen;
      if (options.leaveForApproval === true && door?.phase === 'waiting for approval') {
        output.redraw([]);
        return { reason: 'approval', door };
      }
      narrator.show(seen);
      quietLooks = apply !== undefined && onlyPeopleCanHelp(apply) ? quietLooks + 1 : 0;
      // twice, because no step runs for a moment between two steps
      if (options.leaveWhenParked === true && quietLooks > 1) return finish(options, narrator, { reason: 'parked' });
    }
    // a query without an answer was no work for any worker
    const workMs = seen === undefined ? 0 : performance.now() - lookedAtMs;
    const next = await Promise.race([over, sleep(Math.max(lookEveryMs, pausePerLook * workMs))]);
    if (next !== undefined) return finish(options, narrator, next);
  }
}

async function finish(options: FollowOptions, narrator: Narrator, end: FollowEnd): Promise<FollowEnd> {
  // a last look, for the steps since the look before
  if (end.reason === 'ended') await options.look().then(narrator.show, () => undefined);
  narrator.end();
  return end;
}

function onlyPeopleCanHelp(apply: ApplySnapshot): boolean {
  return (parkedSteps(apply).length > 0 || apply.broken !== undefined) && !stepsOf(apply).some(goesOn);
}

/**
 * Creates a function that looks, and that bears silence: it says that nobody answers, and fails only when Temporal is
 * silent for a minute.
 */
function createLooker({ look, leaveWhenParked }: FollowOptions, narrator: Narrator): () => Promise<Look | undefined> {
  let silentSinceMs: number | undefined;
  let unanswered = 0;
  return async () => {
    try {
      const seen = await look();
      silentSinceMs = undefined;
      unanswered = 0;
      if (seen.gap === undefined) narrator.answered();
      else narrator.missing(seen.gap, goesOnLater);
      return seen;
    } catch (error) {
      if (error instanceof RolloutError && error.type === 'WorkerUnreachable') {
        unanswered += 1;
        // a busy worker may miss one query; a worker that misses two is gone
        if (unanswered === 1) narrator.waits('the worker has not answered yet; groundswell asks again');
        else narrator.missing(error.message, goesOnLater);
        return undefined;
      }
      // the run continues when somebody starts a mended build; a command that does not wait for people fails at once
      if (error instanceof RolloutError && error.type === 'RunBroken' && leaveWhenParked !== true) {
        narrator.missing(error.message, failureKinds.RunBroken.advice);
        return undefined;
      }
      if (!(error instanceof ServiceError)) throw error;
      silentSinceMs ??= Date.now();
      if (Date.now() - silentSinceMs > patienceMs) throw error;
      narrator.missing(`Temporal does not answer (${rpcProblem(error)})`, 'groundswell tries for a minute');
      return undefined;
    }
  };
}
