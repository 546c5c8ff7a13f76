import { Context } from '@temporalio/activity';
import type { CallOptions } from '../systems/calls.js';

/** What an activity tells with each heartbeat. */
export interface Progress {
  readonly line: string;
}

const intervalMs = 5_000;

/**
 * Runs the work of an activity while a timer heartbeats every 5 seconds, so that a dead worker is noticed within
 * the heartbeat time-out however long the work is silent. The work gets the cancellation signal and tells its progress.
 */
export async function withHeartbeat<T>(work: (options: Required<CallOptions>) => Promise<T>): Promise<T> {
  const context = Context.current();
  let progress: Progress = { line: 'started' };
  const beat = (): void => {
    context.heartbeat(progress);
  };
  beat();
  const timer = setInterval(beat, intervalMs);
  try {
    return await work({
      signal: context.cancellationSignal,
      onProgress: (line) => {
        progress = { line: line.slice(0, 300) };
      },
    });
  } finally {
    clearInterval(timer);
  }
}
