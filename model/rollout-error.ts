import type { FailureType } from './failures.js';

/** What is known of the cause of a failure, where somebody decides by it. */
export type KnownCause = 'disk full' | 'output hidden';

export interface RolloutErrorOptions {
  /** Output that explains the failure: trimmed by the thrower, without secrets. Goes into the failure's details. */
  readonly details?: string;
  /** Reference of the whole log in the artifact store. */
  readonly log?: string | undefined;
  /** What is known of its cause. */
  readonly known?: KnownCause | undefined;
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
  readonly known: KnownCause | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(type: FailureType, message: string, options: RolloutErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = type;
    this.type = type;
    this.details = options.details;
    this.log = options.log;
    this.known = options.known;
    this.retryAfterMs = options.retryAfterMs;
  }
}
