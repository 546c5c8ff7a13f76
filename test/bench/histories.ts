import type { HistoryEvent } from '../../observer/history.js';

export interface ActivityTimes {
  readonly activity: string;
  readonly input: unknown;
  readonly scheduledMs: number;
  readonly startedMs: number;
  readonly completedMs: number;
}

/** Events of activities as `temporal workflow show -o json` prints them. */
export function aHistory(activities: readonly ActivityTimes[]): readonly HistoryEvent[] {
  return activities.flatMap(({ activity, input, scheduledMs, startedMs, completedMs }, index) => {
    const [scheduledEventId, startedEventId] = [String(3 * index + 1), String(3 * index + 2)];
    const data = Buffer.from(JSON.stringify(input)).toString('base64');
    return [
      anEvent('ACTIVITY_TASK_SCHEDULED', scheduledMs, {
        eventId: scheduledEventId,
        activityTaskScheduledEventAttributes: { activityType: { name: activity }, input: { payloads: [{ data }] } },
      }),
      anEvent('ACTIVITY_TASK_STARTED', startedMs, { eventId: startedEventId }),
      anEvent('ACTIVITY_TASK_COMPLETED', completedMs, {
        eventId: String(3 * index + 3),
        activityTaskCompletedEventAttributes: { scheduledEventId, startedEventId },
      }),
    ];
  });
}

export function anEvent(type: string, timeMs: number, fields: Readonly<Record<string, unknown>>): HistoryEvent {
  return { eventType: `EVENT_TYPE_${type}`, eventTime: new Date(timeMs).toISOString(), ...fields };
}
