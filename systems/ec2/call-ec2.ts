import { setTimeout as delay } from 'node:timers/promises';
import { isRecord } from '../../model/is-record.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { classifyEc2Failure, isNotSeenYet, type Ec2Failure } from './classify-failure.js';

/** How long a thing that was just made may be unknown to EC2's next call. AWS names minutes at worst. */
export const settleMs = 120_000;
const pauseMs = 2_000;
const throttledAttempts = 5;

/**
 * Sends one request to EC2. What is told not to exist is asked for again for two minutes (only calls that name things we
 * know to exist are sent by this function), and so is what was refused for its rate. Fails with the row of the failure
 * table that `classifyEc2Failure` names.
 */
export async function callEc2<T>(
  what: string,
  send: (http: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  options: CallOptions = {},
): Promise<T> {
  const { signal } = options;
  const deadline = Date.now() + settleMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      signal?.throwIfAborted();
      const failure = ec2Failure(error);
      const type = classifyEc2Failure(failure);
      const again =
        (isNotSeenYet(failure) && Date.now() < deadline) || (type === 'AwsThrottled' && attempt < throttledAttempts);
      if (!again) throw ec2Error(what, failure, error);
      options.onProgress?.(`${what}: ${failure.code}, asked again`);
    }
    await delay(pauseMs * (0.75 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  }
}

/** Reads a caught error as a failure of EC2. */
export function ec2Failure(error: unknown): Ec2Failure {
  if (!(error instanceof Error)) return { code: 'UnknownError', message: String(error) };
  const metadata = '$metadata' in error && isRecord(error.$metadata) ? error.$metadata : {};
  const status = metadata['httpStatusCode'];
  const errno = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    code: '$fault' in error ? error.name : (errno ?? error.name),
    message: error.message,
    ...(typeof status === 'number' ? { status } : {}),
  };
}

/** The code that EC2 refused a call with; `undefined` when the error did not come from `callEc2`. */
export function refusalCode(error: unknown): string | undefined {
  return error instanceof RolloutError && error.cause instanceof Error ? ec2Failure(error.cause).code : undefined;
}

function ec2Error(what: string, failure: Ec2Failure, cause: unknown): RolloutError {
  const type = classifyEc2Failure(failure);
  const line = failure.message.replaceAll(/\s+/g, ' ').slice(0, 300);
  return new RolloutError(type, `${what}: ${failure.code}: ${line}`, {
    cause,
    ...(failure.message.length > line.length ? { details: failure.message.slice(0, 4_000) } : {}),
  });
}
