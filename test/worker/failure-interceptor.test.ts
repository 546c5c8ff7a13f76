import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { RolloutError } from '../../model/rollout-error.js';
import { failureInterceptor, toFailure } from '../../worker/failure-interceptor.js';

function applicationFailure(error: unknown): ApplicationFailure {
  const failure = toFailure(error);
  if (failure instanceof ApplicationFailure) return failure;
  throw new Error(`expected an ApplicationFailure, found ${String(failure)}`);
}

describe('toFailure', () => {
  it('gives a RolloutError its type, and leaves the counting of retries to the workflow', () => {
    const failure = applicationFailure(new RolloutError('AwsQuota', 'vCPU quota: expected 28, found 8'));
    expect(failure).toMatchObject({
      type: 'AwsQuota',
      message: 'vCPU quota: expected 28, found 8',
      nonRetryable: true,
    });
  });

  it('tells the output and the pause that the outside asked for', () => {
    const failure = applicationFailure(
      new RolloutError('AwsThrottled', 'slow down', { details: 'line 1\nline 2', retryAfterMs: 7_000 }),
    );
    expect(failure.details).toEqual([{ output: 'line 1\nline 2', retryAfterMs: 7_000 }]);
  });

  it('lets the server retry a busy cluster, without noise', () => {
    const failure = applicationFailure(new RolloutError('ClusterBusy', 'cluster/demo: still runs'));
    expect(failure).toMatchObject({
      type: 'ClusterBusy',
      nonRetryable: false,
      category: ApplicationFailureCategory.BENIGN,
    });
  });

  it('calls anything else a defect, with its name', () => {
    expect(applicationFailure(new TypeError('x is not a function'))).toMatchObject({
      type: 'Unexpected',
      message: 'TypeError: x is not a function',
      nonRetryable: true,
    });
    expect(applicationFailure('a text')).toMatchObject({ type: 'Unexpected', message: 'a text' });
  });

  it.each([
    ['a cancellation', new CancelledFailure('cancelled')],
    ['a failure of Temporal', ApplicationFailure.create({ type: 'Mine', message: 'as it is' })],
    ['an activity that is completed elsewhere', new CompleteAsyncError()],
  ])('passes %s on as it is', (_what, error) => {
    expect(toFailure(error)).toBe(error);
  });

  it('takes an aborted call for the cancellation that aborted it', () => {
    expect(toFailure(new DOMException('This operation was aborted', 'AbortError'))).toBeInstanceOf(CancelledFailure);
  });

  it('keeps a message of many lines whole, and of endless output its beginning and end', () => {
    const problems = Array.from({ length: 60 }, (_, line) => `cluster.yaml:${line}:1 nodes[${line}]: found nothing`);
    const whole = applicationFailure(new RolloutError('SpecInvalid', problems.join('\n')));
    expect(whole.message.split('\n')).toEqual(problems);

    const endless = new RolloutError('AnsibleTaskFailed', 'apt failed', { details: `first ${'.'.repeat(9_999)} last` });
    const [{ output }] = applicationFailure(endless).details as [{ output: string }];
    expect(output.length).toBeLessThan(2_100);
    expect(output).toMatch(/^first .* … .* last$/);
  });
});

describe('failureInterceptor', () => {
  const options = { interceptors: [failureInterceptor], logger: new DefaultLogger('ERROR') };
  const fails = (): Promise<never> => Promise.reject(new RolloutError('HostUnreachable', 'the connection was cut'));

  it('reports what an activity throws', async () => {
    const env = new MockActivityEnvironment({}, options);
    await expect(env.run(fails)).rejects.toMatchObject({ type: 'HostUnreachable', nonRetryable: true });
  });

  it('takes whatever an activity throws that was let go for the cancellation', async () => {
    const env = new MockActivityEnvironment({}, options);
    env.cancel('WORKER_SHUTDOWN');
    await expect(env.run(fails)).rejects.toBeInstanceOf(CancelledFailure);
  });
});
