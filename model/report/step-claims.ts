import { isStepId } from '../names/parse-step.js';
import { retryClause } from '../names/retry-summary.js';
import { activityNames } from '../names/activity-names.js';
import type { Stretch } from './lane.js';
import type { Park, Pause } from './parks.js';
import type { ActivityFact, Interval, TimerFact } from './run-facts.js';

export interface LaneEvents {
  readonly activities: readonly ActivityFact[];
  readonly timers: readonly TimerFact[];
  readonly parks: readonly Park[];
  readonly pauses: readonly Pause[];
  /** Waits for other lanes. */
  readonly waits: readonly Stretch[];
  /** When no worker took what was due in the same workflow. */
  readonly workerGaps: readonly Interval[];
  /** When none was there for anybody. */
  readonly workerless: readonly Interval[];
  /** The end of what has not ended. */
  readonly untilMs: number;
}

/**
 * The claims of events on the time of a lane. The strongest come first: work, a person, the pause before a try, other
 * lanes, a worker, a slot.
 */
export function stepClaims(events: LaneEvents): readonly Stretch[] {
  const { activities, untilMs } = events;
  return [
    ...activities.flatMap((activity) => worked(activity, untilMs)),
    ...events.parks.map((park) => parked(park, untilMs)),
    ...events.timers.map((timer) => paused(timer, untilMs)),
    ...events.waits,
    ...events.workerGaps.map((gap): Stretch => ({ ...gap, kind: 'worker' })),
    ...activities.flatMap((activity) => workerless(queued(activity, untilMs), events.workerless)),
    ...activities.map((activity) => queued(activity, untilMs)),
    // what is left is time between steps: while the run is paused, none begins
    ...events.pauses.map((pause) => held(pause, untilMs)),
  ];
}

function worked(
  { startedAtMs, endedAtMs, outcome, failure, ...rest }: ActivityFact,
  untilMs: number,
): readonly Stretch[] {
  if (startedAtMs === undefined) return [];
  const why =
    failure === undefined ? (outcome === 'cancelled' ? 'let go' : outcome) : `${failure.type}: ${failure.message}`;
  const note = outcome === 'completed' || outcome === 'open' ? {} : { note: why, failed: outcome !== 'cancelled' };
  return [{ ...about(rest), ...note, kind: 'work', fromMs: startedAtMs, toMs: endedAtMs ?? untilMs }];
}

/**
 * Before the last attempt: for a slot. When there were attempts before it, histories do not tell what of the time was
 * theirs and what was waiting.
 */
function queued(activity: ActivityFact, untilMs: number): Stretch {
  const { scheduledAtMs, startedAtMs, endedAtMs, attempts, queue } = activity;
  const toMs = startedAtMs ?? endedAtMs ?? untilMs;
  const busy = activity.part === activityNames.waitUntilClosed;
  return attempts > 1 && !busy
    ? {
        ...about(activity),
        note:
          attempts === 2
            ? 'one attempt was lost with its worker'
            : `${attempts - 1} attempts were lost with their workers`,
        kind: 'lost',
        fromMs: scheduledAtMs,
        toMs,
      }
    : { ...about(activity), note: `queue ${queue}`, kind: 'queue', fromMs: scheduledAtMs, toMs };
}

/** While no worker is there, that slots are taken is not the reason. */
function workerless(wait: Stretch, gaps: readonly Interval[]): readonly Stretch[] {
  return gaps.map((gap) => ({
    ...wait,
    kind: 'worker',
    fromMs: Math.max(wait.fromMs, gap.fromMs),
    toMs: Math.min(wait.toMs, gap.toMs),
  }));
}

function parked({ step, fromMs, toMs, answer }: Park, untilMs: number): Stretch {
  const said = answer === undefined ? {} : { note: `${answer.by} answered ${answer.action}: ${answer.reason}` };
  return { ...stepOf(step), ...said, kind: 'person', fromMs, toMs: toMs ?? untilMs };
}

function held({ fromMs, toMs, by, reason }: Pause, untilMs: number): Stretch {
  return { kind: 'person', note: `${by} paused the run: ${reason}`, fromMs, toMs: toMs ?? untilMs };
}

function paused({ step, failureType, startedAtMs, endedAtMs }: TimerFact, untilMs: number): Stretch {
  return {
    ...(step === undefined ? {} : { step }),
    note: retryClause(failureType),
    kind: 'retry',
    fromMs: startedAtMs,
    toMs: endedAtMs ?? untilMs,
  };
}

function about({ step, part }: Pick<ActivityFact, 'step' | 'part'>): Pick<Stretch, 'step' | 'part'> {
  return { ...(step === undefined ? {} : { step }), part };
}

function stepOf(step: string): Pick<Stretch, 'step'> {
  return isStepId(step) ? { step } : {};
}
