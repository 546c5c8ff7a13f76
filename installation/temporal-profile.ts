import { existsSync } from 'node:fs';
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { isRecord } from '../model/is-record.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Environment } from './environment.js';
import type { Target } from './target.js';

/**
 * The whole connection to a Temporal server, for clients and workers. The API key and the client's key are secret: they
 * stay in memory, and are no part of a target.
 */
export interface TemporalConnection extends Pick<NativeConnectionOptions, 'tls' | 'apiKey' | 'metadata'> {
  /** `host:port`; empty when none is configured. */
  readonly address: string;
  readonly namespace: string;
}

/**
 * Reads the profile from `temporal.toml` and `TEMPORAL_*`, as the `temporal` program does. TEMPORAL_CONFIG_FILE names
 * the file, by default `~/.config/temporalio/temporal.toml`; variables override the file.
 *
 * A profile without an address means the embedded server of this clone, with its namespace (`default` by default) and
 * without TLS and key. Fails with `InputInvalid` when the profile is unreadable or contradicts itself.
 */
export function temporalProfile({ TEMPORAL_CONFIG_FILE: file }: Environment): TemporalConnection {
  try {
    refuseMissingFile(file);
    const profile = loadClientConfigProfile();
    refuseHalfAPair(profile);
    const { namespace = 'default', connectionOptions } = toClientOptions(profile);
    const { address = '', tls, apiKey, metadata } = connectionOptions;
    return {
      address,
      namespace,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  } catch (error) {
    throw new RolloutError('InputInvalid', `Temporal's configuration: ${problemOf(error)}`);
  }
}

/**
 * Returns the connection to the server of a target. TLS and keys of the profile serve only the server that the profile
 * names: a rehearsal and an embedded server get only their address. Fails as `temporalProfile` does.
 */
export function temporalConnection(
  environment: Environment,
  { kind, temporal }: Pick<Target, 'kind' | 'temporal'>,
): TemporalConnection {
  const { address, namespace } = temporal;
  const profile = kind === 'live' ? temporalProfile(environment) : undefined;
  return { ...(profile?.address === address ? profile : {}), address, namespace };
}

/** Says that no server uses the TLS settings or the key, because their profile names no server; else `undefined`. */
export function unusedSettings({ address, tls, apiKey }: TemporalConnection): string | undefined {
  const unused = [...(apiKey === undefined ? [] : ['API key']), ...(isRecord(tls) ? ['TLS settings'] : [])];
  if (address !== '' || unused.length === 0) return undefined;
  return `Temporal: the profile has an ${unused.join(' and ')} but no address. Without an address it means the embedded server, which needs neither; set TEMPORAL_ADDRESS`;
}

/**
 * Refuses a missing file. The library takes it for an empty one, so a misspelt path would silently mean the embedded
 * server.
 */
function refuseMissingFile(file: string | undefined): void {
  if (file === undefined || existsSync(file)) return;
  throw new RolloutError('InputInvalid', `TEMPORAL_CONFIG_FILE=${file}: there is no such file`);
}

/**
 * Refuses a certificate without its key, or a key without its certificate. The library leaves out half a pair, and the
 * server would refuse the client for no visible reason.
 */
function refuseHalfAPair({ tls }: ClientConfigProfile): void {
  if ((tls?.clientCert === undefined) === (tls?.clientKey === undefined)) return;
  const [found, missing] = tls?.clientKey === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
  throw new RolloutError('InputInvalid', `the profile has the client's ${found}, expected its ${missing} too`);
}

/**
 * Describes an error without quoting the file: a TOML parser shows the lines around a mistake, and a line may hold the
 * API key.
 */
function problemOf(error: unknown): string {
  if (isRecord(error) && 'codeblock' in error) {
    return `temporal.toml: expected TOML, found something else at line ${String(error['line'])}, column ${String(error['column'])}`;
  }
  return error instanceof Error ? error.message : String(error);
}
