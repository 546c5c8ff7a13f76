/** One attempt of an activity, as Temporal names it. */
export interface ActivityAttempt {
  /** Id of the workflow run, not of the workflow: it is unique. */
  readonly runId: string;
  readonly activityId: string;
  /** Counted by the server, from 1: a later one follows a worker that died or let go. */
  readonly attempt: number;
}

/**
 * The name under which the log of an attempt's Ansible run grows in the artifact store. It follows from the server's
 * facts about the attempt, so that the log of a killed worker can be found without any message.
 */
export function runLogName({ runId, activityId, attempt }: ActivityAttempt): string {
  return `${runId}-${activityId}-${attempt}`.replaceAll(/[^\w-]/g, '_');
}
