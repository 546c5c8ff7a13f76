import type { FailureType } from './failures.js';

export interface RolloutErrorOptions {
  /** Output that explains the failure: trimmed by the thrower, without secrets. Goes into the failure's details. */
  readonly details?: string;
  /** Reference of the whole log in the artifact store. */
  readonly log?: string | undefined;
  /** Wait this long before the next attempt, where the outside said so. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/**
 * The one error that Groundswell throws on purpose. `type` is a row of the failure table.
 *
 * The message is one line: what, where, expected and found, in lower case after the subject
 * (`node k8s-redis: kubelet not Ready after 300 s (last condition: NetworkPluginNotReady)`).
 */
export class RolloutError extends Error {
  readonly type: FailureType;
  readonly details: string | undefined;
  readonly log: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(type: FailureType, message: string, options: RolloutErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = type;
    this.type = type;
    this.details = options.details;
    this.log = options.log;
    this.retryAfterMs = options.retryAfterMs;
  }
}
