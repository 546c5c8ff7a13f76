import { log } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RolloutError } from '../../model/rollout-error.js';
import { createLogger } from '../../worker/logging.js';
import { failureInterceptor } from '../../worker/failure-interceptor.js';
import { observeActivity } from '../../worker/observe-activity.js';

const input = { plan: { cluster: 'demo' }, node: { name: 'k8s-redis' }, secret: 'do not show' };

/** Runs an activity of this type, and returns what is logged about it. */
async function logged(
  activityType: string,
  act: (argument: typeof input) => Promise<unknown>,
): Promise<readonly Record<string, unknown>[]> {
  const lines: string[] = [];
  const logger = createLogger({ form: 'json', write: (text) => lines.push(text) });
  const env = new MockActivityEnvironment(
    { activityType },
    { interceptors: [observeActivity, failureInterceptor], logger },
  );
  await env.run(act, input).catch(() => undefined);
  expect(lines.join('')).not.toContain('do not show');
  return z.array(z.record(z.string(), z.unknown())).parse(lines.map((line): unknown => JSON.parse(line)));
}

const about = { cluster: 'demo', stage: 'nodes', step: 'node/k8s-redis/join', activity: 'joinNode' };

describe('observeActivity', () => {
  it('logs the beginning and the end of a step, and the same fields with each line of its own', async () => {
    const lines = await logged('joinNode', async () => {
      log.info('token minted');
      return { changed: true };
    });

    expect(lines).toMatchObject([
      { ...about, level: 'INFO', message: 'step begins', attempt: 1 },
      { ...about, level: 'INFO', message: 'token minted' },
      { ...about, level: 'INFO', message: 'step ends', changed: true },
    ]);
    expect(lines[2]?.['seconds']).toBeGreaterThanOrEqual(0);
  });

  it('logs a failure once, with its type', async () => {
    const lines = await logged('joinNode', () => Promise.reject(new RolloutError('KubeadmFailed', '[ERROR CRI]')));

    expect(lines).toMatchObject([
      { message: 'step begins' },
      { ...about, level: 'WARN', message: 'step fails', failureType: 'KubeadmFailed', failure: '[ERROR CRI]' },
    ]);
  });

  it('calls a step that its worker lets go no failure', async () => {
    const lines = await logged('joinNode', () => Promise.reject(new CancelledFailure('shutdown')));

    expect(lines).toMatchObject([{ message: 'step begins' }, { ...about, level: 'INFO', message: 'step is let go' }]);
  });

  it('says nothing of each look at a cluster that is busy', async () => {
    const lines = await logged('waitUntilClosed', () => Promise.reject(new RolloutError('ClusterBusy', 'still runs')));

    expect(lines).toEqual([]);
  });
});
