import { listAt, textAt } from '../../model/json/json-value.js';
import { activityStep } from '../../model/names/activity-step.js';
import type { StepId } from '../../model/steps.js';
import { isRecord, type HistoryEvent } from '../../observer/history.js';

/** When the activities of a step were at work, by the server's clock. Milliseconds since 1970. */
export interface StepTimes {
  /** The first was scheduled. */
  readonly scheduledMs: number;
  /** How long they waited for a worker in all. */
  readonly queuedMs: number;
  /** The last completed. */
  readonly endedMs: number;
}

/** The times of all steps whose activities completed, from histories of any workflows. */
export function stepTimes(histories: readonly (readonly HistoryEvent[])[]): ReadonlyMap<string, StepTimes> {
  const times = new Map<string, StepTimes>();
  for (const { step, ...one } of histories.flatMap(activitiesOf)) {
    const known = times.get(step);
    times.set(step, known === undefined ? one : joined(known, one));
  }
  return times;
}

function joined(a: StepTimes, b: StepTimes): StepTimes {
  return {
    scheduledMs: Math.min(a.scheduledMs, b.scheduledMs),
    queuedMs: a.queuedMs + b.queuedMs,
    endedMs: Math.max(a.endedMs, b.endedMs),
  };
}

function activitiesOf(history: readonly HistoryEvent[]): readonly (StepTimes & { readonly step: string })[] {
  const byId = new Map(history.map((event) => [String(event['eventId']), event]));
  return history.flatMap((event) => {
    const completed = event['activityTaskCompletedEventAttributes'];
    if (!isRecord(completed)) return [];
    const scheduled = byId.get(String(completed['scheduledEventId']));
    const started = byId.get(String(completed['startedEventId']));
    const step = scheduled === undefined ? undefined : stepOf(scheduled);
    if (scheduled === undefined || started === undefined || step === undefined) return [];
    const [scheduledMs, startedMs] = [Date.parse(scheduled.eventTime), Date.parse(started.eventTime)];
    return [{ step, scheduledMs, queuedMs: startedMs - scheduledMs, endedMs: Date.parse(event.eventTime) }];
  });
}

/** The step that an activity works for, by its type and its argument: a payload, JSON in Base64. */
function stepOf(scheduled: HistoryEvent): StepId | undefined {
  const attributes = scheduled['activityTaskScheduledEventAttributes'];
  const data = textAt(listAt(attributes, 'input', 'payloads')[0], 'data');
  const input: unknown = data === undefined ? undefined : JSON.parse(Buffer.from(data, 'base64').toString());
  return activityStep(textAt(attributes, 'activityType', 'name') ?? '', input).step;
}
