import type { WorkflowInterceptors } from '@temporalio/workflow';

/** Pauses before a retry last a second; a plan still waits for its approval as long as it should. */
export const interceptors = (): WorkflowInterceptors => ({
  outbound: [
    {
      startTimer: (input, next) =>
        next(input.durationMs > longestPauseMs ? input : { ...input, durationMs: Math.min(input.durationMs, 1_000) }),
    },
  ],
});

const longestPauseMs = 60_000;
