import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { RolloutError } from '../model/rollout-error.js';
import type { Target } from '../worker/target.js';

const connectTimeoutMs = 5_000;

/** The line that says what a command acts on: `target: rehearsal, Temporal at 127.0.0.1:7233`. */
export function targetLine({ kind, temporal }: Target): string {
  const namespace = temporal.namespace === 'default' ? '' : `, namespace ${temporal.namespace}`;
  return `target: ${kind}, Temporal at ${temporal.address}${namespace}`;
}

/**
 * Connects to the Temporal server of a target within 5 seconds. A live target uses everything that the environment and
 * `temporal.toml` say (TLS, API key); a rehearsal only its own address.
 *
 * Fails with `TemporalUnreachable`; the sentence says what to start.
 */
export async function connectToTemporal(target: Target): Promise<Client> {
  const { address, namespace } = target.temporal;
  if (address === '') {
    throw new RolloutError(
      'TemporalUnreachable',
      'Temporal: none is configured, and no server of this clone runs; `npx groundswell worker` starts one',
    );
  }
  try {
    const connection = await Connection.connect({
      ...configuredOptions(target),
      address,
      connectTimeout: connectTimeoutMs,
    });
    return new Client({ connection, namespace });
  } catch (error) {
    throw new RolloutError('TemporalUnreachable', `Temporal at ${address}: no answer within 5 s`, { cause: error });
  }
}

function configuredOptions({ kind }: Target): ConnectionOptions {
  return kind === 'live' ? loadClientConnectConfig().connectionOptions : {};
}
