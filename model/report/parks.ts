import { textAt } from '../json-value.js';
import type { MessageFact, RollOutFacts, RunFacts } from './run-facts.js';

/** A stop of a step that waited for a person. */
export interface Park {
  readonly workflowId: string;
  readonly step: string;
  /** Absent for a step of the lock itself: it tells nobody. */
  readonly parkId?: string;
  readonly fromMs: number;
  /** Absent while it waits. */
  readonly toMs?: number;
  readonly failure?: string;
  /** What was answered, and by whom as claimed; absent when nobody has answered. */
  readonly answer?: { readonly action: string; readonly by: string; readonly reason: string };
}

/** Every stop of a roll-out that waited for a person, in order. */
export function parksOf({ lock, children }: RollOutFacts): readonly Park[] {
  const answers = lock.updates.filter(({ name }) => name === 'resolve' || name === 'approve');
  const all = [...children.flatMap((child) => childParks(child)), ...ownParks(lock, answers)];
  return all.toSorted((a, b) => a.fromMs - b.fromMs);
}

/** A child tells the lock when a step parks, and is told what was decided. */
function childParks(child: RunFacts): readonly Park[] {
  return child.sent
    .filter(({ name }) => name === 'parked')
    .map(({ atMs, payload }) => {
      const parkId = textAt(payload, 'parkId') ?? '';
      const step = textAt(payload, 'step') ?? '';
      const decided = child.received.find(
        (signal) => signal.name === 'decided' && textAt(signal.payload, 'parkId') === parkId,
      );
      const toMs = decided?.atMs ?? child.endedAtMs;
      return {
        workflowId: child.workflowId,
        step,
        parkId,
        fromMs: atMs,
        ...(toMs === undefined ? {} : { toMs }),
        ...failureText(textAt(payload, 'failure', 'type'), textAt(payload, 'failure', 'message')),
        ...(decided === undefined ? {} : { answer: answerOf(decided) }),
      };
    });
}

/**
 * A step of the lock is parked when it failed and no pause before another try began. It is answered by `resolve`, and,
 * where its plan was stale, by `approve`.
 */
function ownParks(lock: RunFacts, answers: readonly MessageFact[]): readonly Park[] {
  return lock.activities.flatMap((activity, index): readonly Park[] => {
    const { step, endedAtMs: fromMs, failure } = activity;
    if (step === undefined || fromMs === undefined || activity.outcome === 'completed') return [];
    const next = lock.activities.slice(index + 1).find((later) => later.step === step);
    const untilMs = next?.scheduledAtMs ?? lock.endedAtMs;
    const paused = lock.timers.some(
      (timer) =>
        timer.summary.startsWith(`${step}:`) &&
        timer.startedAtMs >= fromMs &&
        (untilMs === undefined || timer.startedAtMs <= untilMs),
    );
    if (paused) return [];
    const answered = answers.find(
      ({ atMs, payload }) =>
        (textAt(payload, 'step') ?? step) === step && atMs >= fromMs && (untilMs === undefined || atMs <= untilMs),
    );
    const toMs = answered?.atMs ?? untilMs;
    return [
      {
        workflowId: lock.workflowId,
        step,
        fromMs,
        ...(toMs === undefined ? {} : { toMs }),
        ...failureText(failure?.type, failure?.message),
        ...(answered === undefined ? {} : { answer: answerOf(answered) }),
      },
    ];
  });
}

function answerOf({ name, payload }: MessageFact): NonNullable<Park['answer']> {
  return {
    action: textAt(payload, 'action') ?? name,
    by: textAt(payload, 'by') ?? 'unknown',
    reason: textAt(payload, 'reason') ?? '',
  };
}

function failureText(type: string | undefined, message: string | undefined): Pick<Park, 'failure'> {
  const text = [type, message].filter((part) => part !== undefined).join(': ');
  return text === '' ? {} : { failure: text };
}

/** A time in which the run began no step, because somebody paused it. */
export interface Pause {
  readonly fromMs: number;
  /** Absent while it lasts. */
  readonly toMs?: number;
  readonly by: string;
  readonly reason: string;
}

/** Every pause of a run, until its end or `resume`. */
export function pausesOf({ updates, endedAtMs }: RunFacts): readonly Pause[] {
  return updates.flatMap(({ name, atMs: fromMs, payload }): readonly Pause[] => {
    if (name !== 'pause') return [];
    const toMs = updates.find((later) => later.name === 'resume' && later.atMs >= fromMs)?.atMs ?? endedAtMs;
    const by = textAt(payload, 'by') ?? 'unknown';
    return [{ fromMs, ...(toMs === undefined ? {} : { toMs }), by, reason: textAt(payload, 'reason') ?? '' }];
  });
}
