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

/** The times of all steps whose activities completed, from histories of any workflows, by the summaries of activities. */
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
    const step = scheduled === undefined ? undefined : stepOf(summaryOf(scheduled));
    if (scheduled === undefined || started === undefined || step === undefined) return [];
    const [scheduledMs, startedMs] = [Date.parse(scheduled.eventTime), Date.parse(started.eventTime)];
    return [{ step, scheduledMs, queuedMs: startedMs - scheduledMs, endedMs: Date.parse(event.eventTime) }];
  });
}

/** `apply wave/0/redis`, `gate of wave/0/redis`, `verify the cluster`; the others are the name of the step itself. */
function stepOf(summary: string): string | undefined {
  if (summary === 'verify the cluster') return 'verify/cluster';
  return /^(?:apply |gate of )?((?:network|node|wave)\/\S+)$/.exec(summary)?.[1];
}

/** The summary of an event: a payload, JSON in Base64. */
function summaryOf(event: HistoryEvent): string {
  const metadata = event['userMetadata'];
  const payload = isRecord(metadata) ? metadata['summary'] : undefined;
  const data = isRecord(payload) ? payload['data'] : undefined;
  const summary: unknown = typeof data === 'string' ? JSON.parse(Buffer.from(data, 'base64').toString()) : '';
  return typeof summary === 'string' ? summary : '';
}
