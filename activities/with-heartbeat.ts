import { Context } from '@temporalio/activity';
import type { StepId } from '../model/steps.js';
import type { CallOptions } from '../systems/calls.js';

/** What an activity tells with each heartbeat. */
export interface Progress {
  /** What it is at; absent until it says so. */
  readonly line?: string;
  /** The step that it works for, where its workflow runs several at a time. */
  readonly step?: StepId;
}

const beatsPerTimeout = 6;

/**
 * Runs the work of an activity while a timer heartbeats six times within the heartbeat time-out (every 5 seconds for
 * 30). So the server notices a dead worker, however long the work is silent. The work gets the cancellation signal and
 * tells its progress.
 */
export async function withHeartbeat<T>(
  work: (options: Required<CallOptions>) => Promise<T>,
  about: Pick<Progress, 'step'> = {},
): Promise<T> {
  const context = Context.current();
  let progress: Progress = about;
  const beat = (): void => {
    context.heartbeat(progress);
  };
  beat();
  const timer = setInterval(beat, (context.info.heartbeatTimeoutMs ?? 30_000) / beatsPerTimeout);
  try {
    return await work({
      signal: context.cancellationSignal,
      onProgress: (line) => {
        progress = { ...about, line: line.slice(0, 300) };
      },
    });
  } finally {
    clearInterval(timer);
  }
}
