import type { WorkflowInterceptors } from '@temporalio/workflow';

/**
 * Bundled with the workflows of these tests: what takes minutes takes seconds. The time-outs themselves stay where they are;
 * an activity without a heartbeat gets one by its `startToCloseTimeout`, as it has one of 30 s in `activity-options.ts`.
 */
export function interceptors(): WorkflowInterceptors {
  return {
    outbound: [
      {
        scheduleActivity(input, next) {
          const { heartbeatTimeout } = input.options;
          const shorter =
            heartbeatTimeout === undefined ? { startToCloseTimeout: '3 seconds' } : { heartbeatTimeout: '2500 ms' };
          const retry = { ...input.options.retry, initialInterval: '100 ms', maximumInterval: '500 ms' };
          return next({ ...input, options: { ...input.options, ...shorter, retry } });
        },
        startTimer: (input, next) => next({ ...input, durationMs: Math.min(input.durationMs, 300) }),
        startChildWorkflowExecution: (input, next) =>
          next({ ...input, options: { ...input.options, workflowTaskTimeout: '3 seconds' } }),
      },
    ],
  };
}
