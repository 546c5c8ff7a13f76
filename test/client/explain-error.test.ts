import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure, RetryState } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { exitCodeOfResult, exitCodeOfRun } from '../../client/exit-codes.js';
import { explainError } from '../../client/explain-error.js';
import { failureKinds } from '../../model/failures.js';
import { RolloutError } from '../../model/rollout-error.js';

function failure(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}

describe('explainError', () => {
  it('takes exit code and advice from the failure table', () => {
    expect(
      explainError(new RolloutError('SpecInvalid', 'spec demo.yaml: 2 problems', { details: 'all of them' })),
    ).toEqual({
      type: 'SpecInvalid',
      message: 'spec demo.yaml: 2 problems',
      advice: failureKinds.SpecInvalid.advice,
      details: 'all of them',
      exitCode: 2,
    });
  });

  it('knows a server that went away while a history was read, which the SDK tells as it is', () => {
    const gone = Object.assign(new Error('14 UNAVAILABLE: No connection established.'), {
      code: 14,
      details: 'No connection established.',
      metadata: {},
    });

    expect(explainError(gone)).toMatchObject({
      type: 'TemporalUnreachable',
      message: expect.stringContaining('UNAVAILABLE') as string,
    });
  });

  it('finds the failure of an activity inside a failed workflow', () => {
    const activity = new ActivityFailure(
      'activity failed',
      'makePlan',
      '1',
      RetryState.NON_RETRYABLE_FAILURE,
      'me',
      failure('AwsDenied', 'no\n  permission'),
    );

    const explanation = explainError(
      new WorkflowFailedError('workflow failed', activity, RetryState.NON_RETRYABLE_FAILURE),
    );

    expect(explanation).toMatchObject({ type: 'AwsDenied', message: 'no permission', exitCode: 1 });
  });

  it('gives no advice with the words of a workflow that refuses an update', () => {
    const refusal = new WorkflowUpdateFailedError(
      'update failed',
      failure('InputInvalid', 'alice already decided retry'),
    );

    expect(explainError(refusal)).toEqual({
      type: 'InputInvalid',
      message: 'alice already decided retry',
      exitCode: 2,
    });
  });

  it.each([
    ['Stopped', 4],
    ['Aborted', 1],
  ])('ends a run that is %s with exit code %d', (type, exitCode) => {
    expect(explainError(failure(type, 'somebody said so')).exitCode).toBe(exitCode);
  });

  it('says that an error that nobody expected is a defect, with its stack', () => {
    const explanation = explainError(new TypeError('x is not a function'));

    expect(explanation).toMatchObject({ type: 'Unexpected', message: 'TypeError: x is not a function', exitCode: 1 });
    expect(explanation.details).toContain('at ');
  });
});

describe('exit codes', () => {
  it.each([
    ['done', 0],
    ['nothing to do', 0],
    ['degraded', 3],
    ['stopped', 4],
    ['expired', 4],
  ] as const)('ends an outcome %s with %d', (outcome, exitCode) => {
    expect(exitCodeOfResult({ outcome })).toBe(exitCode);
  });

  it('does not end with 0 where nothing is to do, and something differs', () => {
    expect(exitCodeOfResult({ outcome: 'nothing to do', remarks: 1 })).toBe(3);
  });

  it.each([
    ['open', 0],
    ['done', 0],
    ['degraded', 3],
    ['stopped', 4],
    ['cancelled', 4],
    ['aborted', 1],
    ['failed', 1],
    ['terminated', 1],
    ['timed out', 1],
  ] as const)('ends a run that is %s with %d', (state, exitCode) => {
    expect(exitCodeOfRun(state)).toBe(exitCode);
  });
});
