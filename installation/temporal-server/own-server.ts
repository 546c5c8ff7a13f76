import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { cacheFolder, readEnvironment } from '../environment.js';
import { startEmbeddedServer, type EmbeddedServer } from './embedded-server.js';
import { resolveTemporalCli } from './resolve-temporal-cli.js';

/** A server of this clone with all settings for our workflows, and the matching CLI. */
export interface OwnServer extends EmbeddedServer {
  /** Path of the `temporal` program. */
  readonly cli: string;
}

/** Starts the embedded server of a state folder, or finds it running. Fetches its program when missing. */
export async function startOwnServer(options: {
  readonly stateDir: string;
  readonly namespace?: string;
  readonly onLine: (line: string) => void;
}): Promise<OwnServer> {
  const environment = readEnvironment();
  const configuredPath = environment.GROUNDSWELL_TEMPORAL_CLI;
  const program = await resolveTemporalCli({
    cacheDir: cacheFolder(environment),
    onLine: options.onLine,
    ...(configuredPath === undefined ? {} : { configuredPath }),
  });
  return { ...(await startEmbeddedServer({ ...options, program, searchAttributes })), cli: program.path };
}
