import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;
type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;
type Time = HistoryEvent['eventTime'];

const { TimeoutType } = proto.temporal.api.enums.v1;

/** A failure as a history has it. */
export interface ReadFailure {
  /** Row of the failure table, or what another build called it. */
  readonly type: string;
  readonly message: string;
  /** What was sent with it; nothing where it is of another form. */
  readonly details: unknown;
}

/** What a payload holds; nothing where it is of another form, so that a reader tells at least the times. */
export function decodePayload(payload: Payload | null | undefined): unknown {
  if (payload == null) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<unknown>(payload);
  } catch {
    return undefined;
  }
}

/** The same of the first of several: our messages, inputs and results are one object each. */
export function decodeFirst(payloads: Payloads | null | undefined): unknown {
  return decodePayload(payloads?.payloads?.[0]);
}

/** When an event was written, in milliseconds since 1970; `undefined` of no event. */
export function eventTimeMs(event: HistoryEvent | undefined): number | undefined {
  return toMs(event?.eventTime);
}

/** A moment of the server in milliseconds since 1970. */
export function toMs(time: Time): number | undefined {
  return time == null ? undefined : Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000);
}

/** A failure with its type; `Unexpected` where nobody named one. */
export function readFailure(failure: Failure | null | undefined): ReadFailure {
  const { type, details } = failure?.applicationFailureInfo ?? {};
  return { type: type ?? 'Unexpected', message: failure?.message ?? '', details: decodeFirst(details) };
}

/** A failure in words: that of an attempt whose worker the server no longer hears, and any other one as it is. */
export function lastFailureText(failure: Failure | null | undefined): string | undefined {
  const { timeoutType } = failure?.timeoutFailureInfo ?? {};
  if (timeoutType === TimeoutType.TIMEOUT_TYPE_HEARTBEAT) return 'the worker of the previous attempt went away';
  return failure?.message ?? undefined;
}
