import type { Duration } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';

/** How short waits become: the silence after which a heartbeat time-out comes, and the longest pause before a retry. */
export interface Shortened {
  readonly heartbeatTimeout: Duration;
  readonly longestTimerMs: number;
}

/** Bundled with the workflows of these tests: what takes minutes takes seconds. */
export const interceptors = shortTimeOuts({ heartbeatTimeout: '2500 ms', longestTimerMs: 300 });

/**
 * Interceptors that shorten waits. The time-outs themselves stay where they are; an activity without a heartbeat gets one
 * by its `startToCloseTimeout`, as it has one of 30 s in `activity-options.ts`.
 */
export function shortTimeOuts({ heartbeatTimeout, longestTimerMs }: Shortened): () => WorkflowInterceptors {
  return () => ({
    outbound: [
      {
        scheduleActivity(input, next) {
          const heartbeats = input.options.heartbeatTimeout !== undefined;
          const shorter = heartbeats ? { heartbeatTimeout } : { startToCloseTimeout: '3 seconds' as const };
          const retry = { ...input.options.retry, initialInterval: '100 ms', maximumInterval: '500 ms' };
          return next({ ...input, options: { ...input.options, ...shorter, retry } });
        },
        startTimer: (input, next) => next({ ...input, durationMs: Math.min(input.durationMs, longestTimerMs) }),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, options: { ...input.options, workflowTaskTimeout: '3 seconds' } }),
      },
    ],
  });
}
