import type { Duration } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * How short waits become: the silence after which a heartbeat time-out comes, the time of an activity or a workflow task
 * without heartbeats (default 3 s), the longest pause before the server's own retry (default 500 ms), and before a step's.
 */
export interface Shortened {
  readonly heartbeatTimeout: Duration;
  readonly shortActivity?: Duration;
  readonly longestRetryMs?: number;
  readonly longestTimerMs: number;
}

/**
 * Interceptors that shorten waits. The time-outs themselves stay where they are; an activity without a heartbeat gets one
 * by its `startToCloseTimeout`, as it has one of 30 s in `activity-options.ts`.
 */
export function shortTimeOuts({
  heartbeatTimeout,
  shortActivity = '3 seconds',
  longestRetryMs = 500,
  longestTimerMs,
}: Shortened): () => WorkflowInterceptors {
  return () => ({
    outbound: [
      {
        scheduleActivity(input, next) {
          const heartbeats = input.options.heartbeatTimeout !== undefined;
          const shorter = heartbeats ? { heartbeatTimeout } : { startToCloseTimeout: shortActivity };
          // one that waits for somebody else's end is retried all the time: as seldom as the others in the end
          const isWait = input.options.retry?.backoffCoefficient === 1;
          const initialInterval = isWait ? longestRetryMs : longestRetryMs / 5;
          const retry = { ...input.options.retry, initialInterval, maximumInterval: longestRetryMs };
          return next({ ...input, options: { ...input.options, ...shorter, retry } });
        },
        startTimer: (input, next) => next({ ...input, durationMs: Math.min(input.durationMs, longestTimerMs) }),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, options: { ...input.options, workflowTaskTimeout: shortActivity } }),
      },
    ],
  });
}
