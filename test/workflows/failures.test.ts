import { ActivityFailure, RetryState, TimeoutFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../workflows/failures.js';

describe('failureOf', () => {
  const timedOut = (lastHeartbeatDetails: unknown) =>
    new ActivityFailure(
      'activity failed',
      'prepareHost',
      '7',
      RetryState.NON_RETRYABLE_FAILURE,
      undefined,
      new TimeoutFailure('timed out', lastHeartbeatDetails, 'START_TO_CLOSE'),
    );

  it('of an activity that hung says what it told last, where it told anything', () => {
    expect(failureOf(timedOut({ line: 'TASK [containerd : Install containerd]' }))).toMatchObject({
      type: 'TimedOut',
      message:
        'prepareHost: expected an end within its time, found it still at work; its last progress: TASK [containerd : Install containerd]',
    });
    expect(failureOf(timedOut({})).message).toBe(
      'prepareHost: expected an end within its time, found it still at work',
    );
  });
});
