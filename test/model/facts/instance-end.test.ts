import { describe, expect, it } from 'vitest';
import { instanceEnd } from '../../../model/facts/instance-end.js';

describe('instanceEnd', () => {
  it.each([
    ['Server.InsufficientInstanceCapacity', 'AwsCapacity'],
    ['Client.VolumeLimitExceeded', 'AwsQuota'],
    ['Client.InstanceLimitExceeded', 'AwsQuota'],
    ['Client.InternalError', 'AwsRefused'],
    ['Client.InvalidSnapshot.NotFound', 'AwsRefused'],
    ['Server.InternalError', 'InstanceGone'],
    ['Client.UserInitiatedShutdown', 'InstanceGone'],
    ['Server.SpotInstanceTermination', 'InstanceGone'],
  ])('takes %s as %s', (code, expected) => {
    expect(instanceEnd({ code, message: '' })).toBe(expected);
  });

  it('takes an end without a reason as gone', () => {
    expect(instanceEnd(undefined)).toBe('InstanceGone');
  });
});
