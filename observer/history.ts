import { jsonOf } from './run.js';

/** One event of a workflow's history, as `temporal workflow show -o json` prints it. */
export interface HistoryEvent {
  readonly eventType: string;
  readonly eventTime: string;
  readonly [attributes: string]: unknown;
}

export interface TemporalAccess {
  /** Path of the `temporal` CLI. */
  readonly cli: string;
  readonly address: string;
}

/** The history of the newest run of a workflow id. */
export async function readHistory(
  { cli, address }: TemporalAccess,
  workflowId: string,
): Promise<readonly HistoryEvent[]> {
  const shown = await jsonOf(cli, [
    'workflow',
    'show',
    '--address',
    address,
    '--workflow-id',
    workflowId,
    '-o',
    'json',
  ]);
  if (!isRecord(shown) || !Array.isArray(shown['events'])) throw new Error(`${workflowId}: no events in its history`);
  return shown['events'].filter(isEvent);
}

/** Ids of the child workflows that a history started, in order. */
export function childrenOf(history: readonly HistoryEvent[]): readonly string[] {
  return history.flatMap((event) => {
    const started = event['childWorkflowExecutionStartedEventAttributes'];
    const execution = isRecord(started) ? started['workflowExecution'] : undefined;
    const id = isRecord(execution) ? execution['workflowId'] : undefined;
    return typeof id === 'string' ? [id] : [];
  });
}

/** When an activity of this type was first scheduled; `undefined` when never. Milliseconds since 1970. */
export function firstScheduled(history: readonly HistoryEvent[], activityType: string): number | undefined {
  const event = history.find((one) => activityTypeOf(one) === activityType);
  return event === undefined ? undefined : Date.parse(event.eventTime);
}

/** When the last activity of this type completed. Milliseconds since 1970. */
export function lastCompleted(history: readonly HistoryEvent[], activityType: string): number | undefined {
  const scheduled = new Set(history.filter((one) => activityTypeOf(one) === activityType).map((one) => one['eventId']));
  const done = history.findLast((one) => {
    const completed = one['activityTaskCompletedEventAttributes'];
    return isRecord(completed) && scheduled.has(completed['scheduledEventId']);
  });
  return done === undefined ? undefined : Date.parse(done.eventTime);
}

function activityTypeOf(event: HistoryEvent): string | undefined {
  const scheduled = event['activityTaskScheduledEventAttributes'];
  const type = isRecord(scheduled) ? scheduled['activityType'] : undefined;
  const name = isRecord(type) ? type['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function isEvent(value: unknown): value is HistoryEvent {
  return isRecord(value) && typeof value['eventType'] === 'string' && typeof value['eventTime'] === 'string';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
