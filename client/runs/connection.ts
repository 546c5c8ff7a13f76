import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { RolloutError } from '../../model/rollout-error.js';
import { readEnvironment } from '../../installation/environment.js';
import type { Target } from '../../installation/target.js';
import { temporalConnection } from '../../installation/temporal-profile.js';

const connectTimeoutMs = 5_000;
/** gRPC's DEADLINE_EXCEEDED and UNAVAILABLE: nobody answered. */
const silences: readonly number[] = [4, 14];

/** The line that names the target of a command: `target: rehearsal, Temporal at 127.0.0.1:7233`. */
export function targetLine({ kind, temporal }: Target): string {
  if (temporal.address === '') return `target: ${kind}`;
  const namespace = temporal.namespace === 'default' ? '' : `, namespace ${temporal.namespace}`;
  return `target: ${kind}, Temporal at ${temporal.address}${namespace}`;
}

/**
 * Connects to the Temporal server of a target within 5 seconds, as its workers do (`installation/temporal-profile.ts`).
 *
 * Fails with `TemporalUnreachable`; its message says what to start, or why the server refuses.
 */
export async function connectToTemporal(target: Target): Promise<Client> {
  if (target.temporal.address === '') {
    throw new RolloutError(
      'TemporalUnreachable',
      'Temporal: no server is configured, and this clone runs none; `npx groundswell worker` starts one',
    );
  }
  const { namespace, ...options } = temporalConnection(readEnvironment(), target);
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: connectTimeoutMs });
    return new Client({ connection, namespace });
  } catch (error) {
    throw unreachable(options.address, error);
  }
}

/** Tells a refusal of the server, of a key for example, from no answer. */
function unreachable(address: string, error: unknown): RolloutError {
  const cause = error instanceof ServiceError ? error.cause : error;
  const answered = isGrpcServiceError(cause) && !silences.includes(cause.code);
  const what = answered ? `refuses: ${cause.details}` : 'no answer within 5 s';
  return new RolloutError('TemporalUnreachable', `Temporal at ${address}: ${what}`, { cause: error });
}
