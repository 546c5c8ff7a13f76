import { CompleteAsyncError, type Context } from '@temporalio/activity';
import type { ActivityInterceptors, ActivityInterceptorsFactory } from '@temporalio/worker';
import { z } from 'zod';
import { textAt } from '../../model/json/json-value.js';
import type { WorkerTuning } from '../../worker/run-worker.js';

/** One attempt of an activity, as its worker names it to the director and to the outside. */
export const Attempt = z.object({
  activity: z.string(),
  workflowId: z.string(),
  /** A later roll-out has the same ids. */
  runId: z.string(),
  activityId: z.string(),
  attempt: z.number(),
});
export type Attempt = z.infer<typeof Attempt>;

/** What an attempt tells its director. */
export const Told = Attempt.extend({
  /** Whether it went well, at its end. */
  ok: z.boolean(),
  /** Which of several things of one kind it is about, such as the part of the network; empty where there is only one. */
  about: z.string(),
});
export type Told = z.infer<typeof Told>;

/** Tells who an attempt is, from its context. */
export function attemptOf({ info }: Context): Attempt {
  const { activityType: activity, workflowExecution, activityId, attempt } = info;
  const { workflowId = '', runId = '' } = workflowExecution ?? {};
  return { activity, workflowId, runId, activityId, attempt };
}

const Answer = z.object({ go: z.boolean() });

/** How a worker is tuned that is to be killed: watched by a director, if there is one, and quick to tell and to miss a heartbeat. */
export function watchedTuning(director: string | undefined): WorkerTuning {
  return {
    activityInterceptors: director === undefined ? [] : [watchedBy(director)],
    maxHeartbeatThrottleInterval: '200 ms',
    stickyQueueScheduleToStartTimeout: '1 second',
  };
}

/**
 * Lets a director (`directorServer`) see every attempt begin, heartbeat and end. Each waits for its permission: an attempt
 * that gets none at its beginning never begins, at its end never answers, and a heartbeat without one is not sent.
 */
function watchedBy(director: string): ActivityInterceptorsFactory {
  const ask = async (point: string, told: Told): Promise<boolean> => {
    const body = JSON.stringify(told);
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await fetch(`${director}/${point}`, { method: 'POST', body });
        return Answer.parse(await response.json()).go;
      } catch (error) {
        // a director that has too much to do refuses connections; the fault of this test must not be a fault of the worker
        if (tries === 10) throw error;
      }
    }
  };

  return (context): ActivityInterceptors => {
    const attempt = attemptOf(context);
    const { heartbeat } = context;
    const { heartbeatTimeoutMs } = context.info;
    let about = '';
    let ended = false;
    const beat = (details?: unknown): void => {
      void ask('beat', { ...attempt, about, ok: true }).then(
        (go) => {
          if (go && !ended) heartbeat(details);
        },
        () => undefined,
      );
    };
    Object.defineProperty(context, 'heartbeat', { value: beat });

    /** Asks, and heartbeats while it waits: the activity's own timer runs only inside of it. */
    async function permission(point: string, ok = true): Promise<void> {
      const timer = heartbeatTimeoutMs === undefined ? undefined : setInterval(beat, heartbeatTimeoutMs / 6);
      const go = await ask(point, { ...attempt, about, ok });
      clearInterval(timer);
      // by this the worker tells the server nothing at all, and forgets the attempt
      if (!go) throw new CompleteAsyncError();
    }

    return {
      inbound: {
        async execute(input, next) {
          about = aboutOf(input.args);
          await permission('begin');
          try {
            const result = await next(input);
            await permission('end', true);
            return result;
          } catch (error) {
            if (!(error instanceof CompleteAsyncError)) await permission('end', false);
            throw error;
          } finally {
            ended = true;
          }
        },
      },
    };
  };
}

function aboutOf([input]: readonly unknown[]): string {
  return textAt(input, 'part') ?? textAt(input, 'zone') ?? '';
}
