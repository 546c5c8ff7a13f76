import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow';

/** What is let go is waited for: only then is it known what exists. */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

/**
 * An activity whose heartbeats came until its time was over was at work and hung. The server does not start it anew
 * without limit, but reports it, and `runStep` counts it. A dead worker is noticed by its heartbeats, and is still
 * retried.
 */
const nonRetryableErrorTypes = ['TemporalTimeout:StartToClose'];

/**
 * Named presets, each with its reason. The server does not retry our own failures (the interceptor marks them
 * non-retryable); `runStep` counts them. The server retries here only after a worker died or lost its connection.
 */
export const activityOptions = {
  /** Reads that end within seconds. 30 s is the longest that an activity may be silent: a dead worker is noticed by it. */
  probe: {
    startToCloseTimeout: '30 seconds',
    cancellationType,
    retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  },
  /** Changes at an API and the short wait for them; the slowest seen is an instance that becomes `running`. */
  mutate: {
    startToCloseTimeout: '15 minutes',
    heartbeatTimeout: '30 seconds',
    cancellationType,
    retry: { initialInterval: '1 second', maximumInterval: '30 seconds', nonRetryableErrorTypes },
  },
  /** Ansible runs, boots and gates: minutes of work; their own deadlines are shorter than this back-stop. */
  long: {
    startToCloseTimeout: '60 minutes',
    heartbeatTimeout: '30 seconds',
    cancellationType,
    retry: { initialInterval: '2 seconds', maximumInterval: '30 seconds', nonRetryableErrorTypes },
  },
  /** Waiting for another workflow to end: one event pair however long it takes, because retries write no history. */
  wait: {
    startToCloseTimeout: '30 seconds',
    retry: { initialInterval: '10 seconds', backoffCoefficient: 1, maximumInterval: '10 seconds' },
  },
} as const satisfies Record<string, ActivityOptions>;

/** Pause before a step is tried again after its own failure: 5 s, doubled each time, 1 minute at most. */
export function pauseBeforeRetryMs(failures: number): number {
  return Math.min(60_000, 5_000 * 2 ** (failures - 1));
}
