import type { Duration } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * How short waits become: the silence after which a heartbeat time-out comes, the time of an activity or a workflow task
 * without heartbeats (default 3 s), and the longest pause before a retry.
 */
export interface Shortened {
  readonly heartbeatTimeout: Duration;
  readonly shortActivity?: Duration;
  readonly longestTimerMs: number;
}

/**
 * Interceptors that shorten waits. The time-outs themselves stay where they are; an activity without a heartbeat gets one
 * by its `startToCloseTimeout`, as it has one of 30 s in `activity-options.ts`.
 */
export function shortTimeOuts({
  heartbeatTimeout,
  shortActivity = '3 seconds',
  longestTimerMs,
}: Shortened): () => WorkflowInterceptors {
  return () => ({
    outbound: [
      {
        scheduleActivity(input, next) {
          const heartbeats = input.options.heartbeatTimeout !== undefined;
          const shorter = heartbeats ? { heartbeatTimeout } : { startToCloseTimeout: shortActivity };
          const retry = { ...input.options.retry, initialInterval: '100 ms', maximumInterval: '500 ms' };
          return next({ ...input, options: { ...input.options, ...shorter, retry } });
        },
        startTimer: (input, next) => next({ ...input, durationMs: Math.min(input.durationMs, longestTimerMs) }),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, options: { ...input.options, workflowTaskTimeout: shortActivity } }),
      },
    ],
  });
}
