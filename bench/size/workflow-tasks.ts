import { isRecord, type HistoryEvent } from '../../observer/history.js';

/** How long the workflow tasks of histories took, in milliseconds, one number a task. */
export interface TaskTimes {
  /** Scheduled until a worker began. */
  readonly waited: readonly number[];
  /** Begun until the server had its commands. */
  readonly ran: readonly number[];
}

/** Reads the times of all workflow tasks that completed from a history, by the server's own clock. */
export function taskTimes(history: readonly HistoryEvent[]): TaskTimes {
  const timeOf = new Map(history.map((event) => [String(event['eventId']), Date.parse(event.eventTime)]));
  const waited: number[] = [];
  const ran: number[] = [];
  for (const event of history) {
    const completed = event['workflowTaskCompletedEventAttributes'];
    if (!isRecord(completed)) continue;
    const [scheduled, started] = [completed['scheduledEventId'], completed['startedEventId']].map((id) =>
      timeOf.get(String(id)),
    );
    if (scheduled === undefined || started === undefined) continue;
    waited.push(started - scheduled);
    ran.push(Date.parse(event.eventTime) - started);
  }
  return { waited, ran };
}
