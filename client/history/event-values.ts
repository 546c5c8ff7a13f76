import { defaultPayloadConverter } from '@temporalio/common';
import type { google, temporal } from '@temporalio/proto';

/** What a payload holds; nothing where it is of another form, so that at least the times of a history are told. */
export function payloadValue(payload: temporal.api.common.v1.IPayload | null | undefined): unknown {
  if (payload == null) return undefined;
  try {
    return defaultPayloadConverter.fromPayload<unknown>(payload);
  } catch {
    return undefined;
  }
}

/** A moment in milliseconds since 1970. */
export function timeMs(at: google.protobuf.ITimestamp | null | undefined): number | undefined {
  return at == null ? undefined : Number(at.seconds ?? 0) * 1000 + Math.floor((at.nanos ?? 0) / 1_000_000);
}
