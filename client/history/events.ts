import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payload = temporal.api.common.v1.IPayload;
type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;
type Time = HistoryEvent['eventTime'];

const { TimeoutType } = proto.temporal.api.enums.v1;

/** A failure in a history. */
export interface ReadFailure {
  /** Row of the failure table, or the name that another build used. */
  readonly type: string;
  readonly message: string;
  /** The details of the failure; `undefined` when they have another form. */
  readonly details: unknown;
}

/** Decodes a payload. Returns `undefined` for another form, so that a reader can still show the times. */
export function decodePayload(payload: Payload | null | undefined): unknown {
  if (payload == null) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<unknown>(payload);
  } catch {
    return undefined;
  }
}

/** Decodes the first of several payloads: our messages, inputs and results are one object each. */
export function decodeFirst(payloads: Payloads | null | undefined): unknown {
  return decodePayload(payloads?.payloads?.[0]);
}

/** Time of an event, in milliseconds since 1970; `undefined` without an event. */
export function eventTimeMs(event: HistoryEvent | undefined): number | undefined {
  return toMs(event?.eventTime);
}

/** Converts a time of the server to milliseconds since 1970. */
export function toMs(time: Time): number | undefined {
  return time == null ? undefined : Number(time.seconds ?? 0) * 1_000 + Math.floor((time.nanos ?? 0) / 1_000_000);
}

/** Reads a failure with its type; the type is `Unexpected` when the failure names none. */
export function readFailure(failure: Failure | null | undefined): ReadFailure {
  const { type, details } = failure?.applicationFailureInfo ?? {};
  return { type: type ?? 'Unexpected', message: failure?.message ?? '', details: decodeFirst(details) };
}

/** A failure in words. It has own words for an attempt with a silent worker, and the failure's words otherwise. */
export function lastFailureText(failure: Failure | null | undefined): string | undefined {
  const { timeoutType } = failure?.timeoutFailureInfo ?? {};
  if (timeoutType === TimeoutType.TIMEOUT_TYPE_HEARTBEAT) return 'the worker of the previous attempt went away';
  return failure?.message ?? undefined;
}
