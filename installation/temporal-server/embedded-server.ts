import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { Connection } from '@temporalio/client';
import { RolloutError } from '../../model/rollout-error.js';
import { withFileLock } from '../../systems/file-lock.js';
import { freePort } from '../../systems/free-port.js';
import { startDetached } from '../../systems/process.js';
import { endProcess, isRunning, recordProcess } from '../../systems/recorded-process.js';
import { prepareNamespace } from './prepare-namespace.js';
import type { SearchAttributeTypes } from './prepare-namespace.js';
import type { ResolvedProgram } from './resolve-program.js';
import { readServerState, serverFiles, writeServerState } from './server-state.js';
import type { ServerState } from './server-state.js';
import { waitUntilServing } from './wait-until-serving.js';

/** Temporal's own ports, used when they are free. */
const defaultFrontendPort = 7233;
const defaultUiPort = 8233;

const servingTimeoutMs = 60_000;
const attachTimeoutMs = 10_000;
const stopGraceMs = 15_000;
const startAttempts = 3;

export interface EmbeddedServerOptions {
  /** The state folder of the clone, `.groundswell`; the server keeps everything in its `temporal` folder. */
  readonly stateDir: string;
  readonly program: ResolvedProgram;
  readonly searchAttributes: SearchAttributeTypes;
  /** Default `default`. */
  readonly namespace?: string;
  /** How long the server keeps the history of an ended workflow. Default 90 days. */
  readonly retentionDays?: number;
  /** Called with one line that says whether the server was started or found, and where. */
  readonly onLine: (line: string) => void;
}

export interface EmbeddedServer {
  /** Identity of the server, also after the loss of its database. Absent while a server of an earlier build runs. */
  readonly name?: string;
  /** Address of the gRPC service, `127.0.0.1:<port>`. */
  readonly address: string;
  readonly uiUrl: string;
  readonly pid: number;
  /** Whether this call started the server; `false` when the server ran already. */
  readonly started: boolean;
}

/**
 * Starts a Temporal server of this clone that outlives this process, or finds the running server. It listens on
 * 127.0.0.1 only, on 7233 and 8233 (UI) when these are free; a restarted one returns to its earlier ports. Histories
 * are in a SQLite file and survive every kind of end. Returns when the server answers and knows the search attributes.
 *
 * Fails with `CommandFailed` when the server ends by itself, and with `TimedOut` when it does not answer within 60 s.
 * Both failures show the last lines of its log.
 */
export function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  return withFileLock(serverFiles(options.stateDir).lock, 2 * servingTimeoutMs, async () => {
    const running = await attach(options.stateDir);
    const server = describe(running ?? (await startServer(options)), running === undefined);
    await makeReady(options, server);
    options.onLine(
      `temporal server: ${server.started ? 'started' : 'found running'} at ${server.address} ` +
        `(pid ${String(server.pid)}, UI ${server.uiUrl})`,
    );
    return server;
  });
}

/**
 * Returns the embedded server of this clone if its process runs, else `undefined`. Does not check whether it answers.
 */
export async function findEmbeddedServer(stateDir: string): Promise<EmbeddedServer | undefined> {
  const state = await runningState(stateDir);
  return state === undefined ? undefined : describe(state, false);
}

/** Ends the embedded server of this clone (TERM, KILL after 15 s) and waits for its end. Keeps its database. */
export async function stopEmbeddedServer(stateDir: string): Promise<void> {
  const state = await runningState(stateDir);
  if (state !== undefined) await endProcess(state, stopGraceMs);
}

async function runningState(stateDir: string): Promise<ServerState | undefined> {
  const state = await readServerState(stateDir);
  return state !== undefined && (await isRunning(state)) ? state : undefined;
}

function describe(state: ServerState, started: boolean): EmbeddedServer {
  return {
    ...(state.name === undefined ? {} : { name: state.name }),
    address: `127.0.0.1:${String(state.frontendPort)}`,
    uiUrl: `http://127.0.0.1:${String(state.uiPort)}`,
    pid: state.pid,
    started,
  };
}

/** Waits for an answer of the running server. Returns `undefined` when there is none, or when it ends meanwhile. */
async function attach(stateDir: string): Promise<ServerState | undefined> {
  const state = await runningState(stateDir);
  if (state === undefined) return undefined;
  const outcome = await waitUntilServing({ state, logFile: serverFiles(stateDir).log, timeoutMs: attachTimeoutMs });
  if (outcome.serving) return state;
  if (outcome.ended) return undefined;
  throw new RolloutError(
    'TimedOut',
    `${outcome.problem}; process ${String(state.pid)} runs: end that process, then start again (histories stay)`,
    { details: outcome.log },
  );
}

/**
 * Starts the server. Another process may take a port between the look and the start: then the server ends at once, and
 * other ports follow.
 */
async function startServer(options: EmbeddedServerOptions): Promise<ServerState> {
  const files = serverFiles(options.stateDir);
  await mkdir(files.directory, { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const state = await launch(options);
    const outcome = await waitUntilServing({ state, logFile: files.log, timeoutMs: servingTimeoutMs });
    if (outcome.serving) return state;
    if (outcome.portTaken && attempt < startAttempts) continue;
    await endProcess(state, stopGraceMs);
    throw new RolloutError(outcome.ended ? 'CommandFailed' : 'TimedOut', outcome.problem, { details: outcome.log });
  }
}

async function launch(options: EmbeddedServerOptions): Promise<ServerState> {
  const { program, stateDir } = options;
  const files = serverFiles(stateDir);
  const previous = await readServerState(stateDir);
  const earlierPorts = previous === undefined ? [] : [previous.frontendPort, previous.uiPort];
  const frontendPort = await freePort([...earlierPorts.slice(0, 1), defaultFrontendPort]);
  const uiPort = await freePort([...earlierPorts.slice(1), defaultUiPort].filter((port) => port !== frontendPort));
  await appendFile(files.log, `--- start on port ${String(frontendPort)}, UI ${String(uiPort)}\n`);
  const pid = startDetached(program.path, serverArguments(options, frontendPort, uiPort), {
    cwd: files.directory,
    // the server needs nothing from the environment: ambient temporal.toml and TEMPORAL_* stay out
    env: { PATH: '/usr/bin:/bin', HOME: files.directory },
    logFile: files.log,
  });
  const startedAt = (await recordProcess(pid))?.startedAt ?? 'ended at once';
  const name = previous?.name ?? randomUUID();
  const state = { name, pid, startedAt, frontendPort, uiPort, program: program.path, version: program.version };
  await writeServerState(stateDir, state);
  return state;
}

function serverArguments(options: EmbeddedServerOptions, frontendPort: number, uiPort: number): string[] {
  const dynamicConfig = ['frontend.enableServerVersionCheck=false', 'frontend.WorkflowPauseEnabled=true'];
  return [
    ...['server', 'start-dev'],
    ...['--ip', '127.0.0.1', '--port', String(frontendPort)],
    ...['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort), '--ui-disable-news-fetch'],
    ...['--db-filename', serverFiles(options.stateDir).database],
    ...['--namespace', options.namespace ?? 'default'],
    ...['--log-level', 'warn'],
    ...dynamicConfig.flatMap((pair) => ['--dynamic-config-value', pair]),
  ];
}

async function makeReady(options: EmbeddedServerOptions, server: EmbeddedServer): Promise<void> {
  const connection = await Connection.connect({ address: server.address });
  try {
    const settings = {
      namespace: options.namespace ?? 'default',
      searchAttributes: options.searchAttributes,
      retentionDays: options.retentionDays ?? 90,
    };
    await prepareNamespace(connection, settings, servingTimeoutMs);
  } finally {
    await connection.close();
  }
}
