import { existsSync } from 'node:fs';
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { isRecord } from '../model/is-record.js';
import { RolloutError } from '../model/rollout-error.js';
import type { Environment } from './environment.js';
import type { Target } from './target.js';

/**
 * How a Temporal server is reached, all of it, by clients and workers alike. The API key and the client's key are secret:
 * they stay in memory, and are no part of a target.
 */
export interface TemporalConnection extends Pick<NativeConnectionOptions, 'tls' | 'apiKey' | 'metadata'> {
  /** `host:port`; empty when none is configured. */
  readonly address: string;
  readonly namespace: string;
}

/**
 * The profile that `temporal.toml` and `TEMPORAL_*` make together, as the `temporal` program reads them: the file is that
 * of TEMPORAL_CONFIG_FILE, by default `~/.config/temporalio/temporal.toml`; variables go before it.
 *
 * Without an address it is about the embedded server of this clone, which has its namespace (`default` by default) and needs
 * neither TLS nor key. Fails with `InputInvalid` when it cannot be read or contradicts itself.
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
 * How the server of a target is reached. What the profile has of TLS and keys is for the server that it names and for no
 * other: a rehearsal and an embedded server get their address only. Fails as `temporalProfile` does.
 */
export function temporalConnection(
  environment: Environment,
  { kind, temporal }: Pick<Target, 'kind' | 'temporal'>,
): TemporalConnection {
  const { address, namespace } = temporal;
  const profile = kind === 'live' ? temporalProfile(environment) : undefined;
  return { ...(profile?.address === address ? profile : {}), address, namespace };
}

/** Says that TLS settings or a key are used nowhere, because their profile names no server; else `undefined`. */
export function unusedSettings({ address, tls, apiKey }: TemporalConnection): string | undefined {
  const unused = [...(apiKey === undefined ? [] : ['API key']), ...(isRecord(tls) ? ['TLS settings'] : [])];
  if (address !== '' || unused.length === 0) return undefined;
  return `Temporal: the profile has an ${unused.join(' and ')} but no address. Without an address it means the embedded server, which needs neither; set TEMPORAL_ADDRESS`;
}

/** The library takes a file that is not there for an empty one: a slip in a path would embed a server in silence. */
function refuseMissingFile(file: string | undefined): void {
  if (file === undefined || existsSync(file)) return;
  throw new RolloutError('InputInvalid', `TEMPORAL_CONFIG_FILE=${file}: there is no such file`);
}

/** The library leaves half a pair out: the server would refuse a client without a certificate, and nobody knew why. */
function refuseHalfAPair({ tls }: ClientConfigProfile): void {
  if ((tls?.clientCert === undefined) === (tls?.clientKey === undefined)) return;
  const [found, missing] = tls?.clientKey === undefined ? ['certificate', 'key'] : ['key', 'certificate'];
  throw new RolloutError('InputInvalid', `the profile has the client's ${found}, expected its ${missing} too`);
}

/** A TOML parser shows the lines around a mistake, and one of them may be the API key. */
function problemOf(error: unknown): string {
  if (isRecord(error) && 'codeblock' in error) {
    return `temporal.toml: expected TOML, found something else at line ${String(error['line'])}, column ${String(error['column'])}`;
  }
  return error instanceof Error ? error.message : String(error);
}
