import { setTimeout as delay } from 'node:timers/promises';
import { isRecord } from '../../model/is-record.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { classifyEc2Failure, isNotSeenYet, isTlsFailure, type Ec2Failure } from './classify-failure.js';

/**
 * How long EC2's next calls may not know a new thing (AWS names minutes at worst). Also how long a request is repeated
 * that EC2 refused for its rate. The last of a hundred parallel launches waits 50 s for its turn.
 */
export const settleMs = 120_000;

/**
 * The pause after this many attempts, without its random part: 0.25 s at first, because most lags are short, and never
 * more than 8 s.
 */
function pauseMs(attempt: number): number {
  return Math.min(8_000, 250 * 1.7 ** (attempt - 1));
}

/**
 * Sends one request to EC2. Repeats it for two minutes, with growing pauses, while EC2 denies that a named thing
 * exists, or refuses the request for its rate. Use it only for calls that name existing things. Fails with the row of
 * the failure table that `classifyEc2Failure` names.
 */
export async function callEc2<T>(
  what: string,
  send: (http: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  options: CallOptions = {},
): Promise<T> {
  const { signal } = options;
  const deadline = performance.now() + settleMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      signal?.throwIfAborted();
      const failure = ec2Failure(error);
      const type = classifyEc2Failure(failure);
      const again = isNotSeenYet(failure) || type === 'AwsThrottled';
      if (!again || performance.now() > deadline) throw ec2Error(what, failure, error);
      options.onProgress?.(`${what}: ${failure.code}, asked again`);
    }
    await delay(pauseMs(attempt) * (0.75 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  }
}

/** The usual causes of an untrusted certificate. */
const tlsAdvice =
  'no secure connection to AWS: check the clock of this machine, the proxy on the way, and whether this machine trusts the certificate of the proxy';

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
  const whatToLookAt = isTlsFailure(failure) ? `; ${tlsAdvice}` : '';
  return new RolloutError(type, `${what}: ${failure.code}: ${line}${whatToLookAt}`, {
    cause,
    ...(failure.message.length > line.length ? { details: failure.message.slice(0, 4_000) } : {}),
  });
}
