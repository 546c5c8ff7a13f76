import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { callEc2, ec2Failure, refusalCode } from '../../../systems/ec2/call-ec2.js';

function refusal(name: string, message: string, httpStatusCode = 400): EC2ServiceException {
  return new EC2ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode } });
}

describe('callEc2', () => {
  it('fails with the row of the failure table, the code and the message in one line', async () => {
    const denied = refusal('UnauthorizedOperation', 'You are not authorized\nto perform this operation.', 403);

    await expect(callEc2('CreateVpc', () => Promise.reject(denied))).rejects.toMatchObject({
      type: 'AwsDenied',
      message: 'CreateVpc: UnauthorizedOperation: You are not authorized to perform this operation.',
    });
  });

  it('keeps a long message whole in the details', async () => {
    const message = `Encoded authorization failure message: ${'x'.repeat(600)}`;

    await expect(callEc2('CreateVpc', () => Promise.reject(refusal('AuthFailure', message)))).rejects.toMatchObject({
      details: message,
    });
  });

  it('says that the token is used when the instance of it is terminated', async () => {
    const gone = refusal('IdempotentInstanceTerminated', 'The instance is terminated.');

    await expect(callEc2('RunInstances', () => Promise.reject(gone))).rejects.toMatchObject({
      type: 'LaunchTokenUsed',
    });
  });

  it('lets a cancellation pass as it is', async () => {
    const cancelled = new Error('cancelled');
    const controller = new AbortController();
    controller.abort(cancelled);

    const call = callEc2('CreateVpc', () => Promise.reject(new Error('aborted')), { signal: controller.signal });

    await expect(call).rejects.toBe(cancelled);
  });
});

describe('ec2Failure', () => {
  it('reads the code, the message and the status of a refusal', () => {
    expect(ec2Failure(refusal('VpcLimitExceeded', 'too many'))).toEqual({
      code: 'VpcLimitExceeded',
      message: 'too many',
      status: 400,
    });
  });

  it('reads the errno of a lost connection', () => {
    const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const refused = Object.assign(new AggregateError([], 'connect'), { code: 'ECONNREFUSED' });

    expect(ec2Failure(reset).code).toBe('ECONNRESET');
    expect(ec2Failure(refused).code).toBe('ECONNREFUSED');
  });
});

describe('refusalCode', () => {
  it('is the code behind an error of ours', async () => {
    const call = callEc2('CreateRoute', () => Promise.reject(refusal('RouteAlreadyExists', 'there')));

    const error: unknown = await call.catch((caught: unknown) => caught);

    expect(refusalCode(error)).toBe('RouteAlreadyExists');
    expect(refusalCode(new Error('other'))).toBeUndefined();
  });
});
