import { textAt } from '../json/json-value.js';
import { signalNames, updateNames } from '../messages.js';
import { messagesNamed, textIn } from './messages-named.js';
import type { MessageFact, RollOutFacts, RunFacts, UpdateFact } from './run-facts.js';

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
  /** The answer, with the name that the person claimed; absent when nobody has answered. */
  readonly answer?: { readonly action: string; readonly by: string; readonly reason: string };
}

/** Every stop of a roll-out that waited for a person, in order. */
export function parksOf({ lock, children }: RollOutFacts): readonly Park[] {
  const all = [...children.flatMap((child) => childParks(child)), ...ownParks(lock)];
  return all.toSorted((a, b) => a.fromMs - b.fromMs);
}

/** A child tells the lock when a step parks, and is told what was decided. */
function childParks(child: RunFacts): readonly Park[] {
  const decisions = messagesNamed(child.received, signalNames.decided);
  return messagesNamed(child.sent, signalNames.parked).map((parked) => {
    const parkId = textIn(parked, 'parkId') ?? '';
    const decided = decisions.find((decision) => textIn(decision, 'parkId') === parkId);
    const toMs = decided?.atMs ?? child.endedAtMs;
    return {
      workflowId: child.workflowId,
      step: textIn(parked, 'step') ?? '',
      parkId,
      fromMs: parked.atMs,
      ...(toMs === undefined ? {} : { toMs }),
      ...failureText(failureIn(parked)),
      ...(decided === undefined ? {} : { answer: decisionText(decided) }),
    };
  });
}

/**
 * A step of the lock is parked when it failed and no pause before another try began. It is answered by `resolve`, and,
 * where its plan was stale, by `approve`.
 */
function ownParks(lock: RunFacts): readonly Park[] {
  const answers = lock.updates.flatMap(answerIn);
  return lock.activities.flatMap((activity, index): readonly Park[] => {
    const { step, endedAtMs: fromMs, failure } = activity;
    if (step === undefined || fromMs === undefined || activity.outcome === 'completed') return [];
    const next = lock.activities.slice(index + 1).find((later) => later.step === step);
    const untilMs = next?.scheduledAtMs ?? lock.endedAtMs;
    const paused = lock.timers.some(
      (timer) =>
        timer.step === step && timer.startedAtMs >= fromMs && (untilMs === undefined || timer.startedAtMs <= untilMs),
    );
    if (paused) return [];
    const answered = answers.find(
      ({ atMs, of = step }) => of === step && atMs >= fromMs && (untilMs === undefined || atMs <= untilMs),
    );
    const toMs = answered?.atMs ?? untilMs;
    return [
      {
        workflowId: lock.workflowId,
        step,
        fromMs,
        ...(toMs === undefined ? {} : { toMs }),
        ...failureText(failure),
        ...(answered === undefined ? {} : { answer: answered.answer }),
      },
    ];
  });
}

interface OwnAnswer {
  readonly atMs: number;
  /** The step that it is for; absent where it is for every step that is stale. */
  readonly of?: string;
  readonly answer: NonNullable<Park['answer']>;
}

/** The answer of an update to steps of the lock; nothing when it answers none. */
function answerIn(update: UpdateFact): readonly OwnAnswer[] {
  const { atMs } = update;
  const [resolved] = messagesNamed([update], updateNames.resolve);
  if (resolved !== undefined) {
    const of = textIn(resolved, 'step');
    return [{ atMs, ...(of === undefined ? {} : { of }), answer: decisionText(resolved) }];
  }
  const [approved] = messagesNamed([update], updateNames.approve);
  if (approved === undefined) return [];
  return [{ atMs, answer: { action: approved.name, by: textIn(approved, 'by') ?? 'unknown', reason: '' } }];
}

function decisionText(decision: MessageFact<'decided' | 'resolve'>): NonNullable<Park['answer']> {
  return {
    action: textIn(decision, 'action') ?? 'unknown',
    by: textIn(decision, 'by') ?? 'unknown',
    reason: textIn(decision, 'reason') ?? '',
  };
}

function failureIn({ payload }: MessageFact<'parked'>): Failure {
  return { type: textAt(payload, 'failure', 'type'), message: textAt(payload, 'failure', 'message') };
}

interface Failure {
  readonly type: string | undefined;
  readonly message: string | undefined;
}

function failureText(failure: Failure | undefined): Pick<Park, 'failure'> {
  const text = [failure?.type, failure?.message].filter((part) => part !== undefined).join(': ');
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
  const resumed = messagesNamed(updates, updateNames.resume);
  return messagesNamed(updates, updateNames.pause).map((pause) => {
    const { atMs: fromMs } = pause;
    const toMs = resumed.find((later) => later.atMs >= fromMs)?.atMs ?? endedAtMs;
    return {
      fromMs,
      ...(toMs === undefined ? {} : { toMs }),
      by: textIn(pause, 'by') ?? 'unknown',
      reason: textIn(pause, 'reason') ?? '',
    };
  });
}
