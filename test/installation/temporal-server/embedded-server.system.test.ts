import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mustRun } from '../../../systems/process.js';
import { endProcess, isRunning, recordProcess } from '../../../systems/recorded-process.js';
import { cacheFolder, readEnvironment } from '../../../installation/environment.js';
import {
  findEmbeddedServer,
  startEmbeddedServer,
  stopEmbeddedServer,
} from '../../../installation/temporal-server/embedded-server.js';
import type { EmbeddedServer } from '../../../installation/temporal-server/embedded-server.js';
import type { SearchAttributeTypes } from '../../../installation/temporal-server/prepare-namespace.js';
import { resolveTemporalCli } from '../../../installation/temporal-server/resolve-temporal-cli.js';
import type { ResolvedProgram } from '../../../installation/temporal-server/resolve-program.js';
import { readServerState, serverFiles, writeServerState } from '../../../installation/temporal-server/server-state.js';
import { withClient } from '../../with-client.js';

describe('startEmbeddedServer', { timeout: 120_000 }, () => {
  let program: ResolvedProgram;
  const stateDirs: string[] = [];

  beforeAll(async () => {
    program = await resolveTemporalCli({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });
  }, 300_000);

  afterAll(async () => {
    for (const stateDir of stateDirs) {
      await stopEmbeddedServer(stateDir);
      await rm(stateDir, { recursive: true, force: true });
    }
  }, 60_000);

  async function newStateDir(): Promise<string> {
    const stateDir = await mkdtemp(join(tmpdir(), 'groundswell embedded-'));
    stateDirs.push(stateDir);
    return stateDir;
  }

  function start(stateDir: string, searchAttributes: SearchAttributeTypes = {}): Promise<EmbeddedServer> {
    return startEmbeddedServer({ stateDir, program, searchAttributes, onLine: () => undefined });
  }

  it('keeps histories, ports and settings when the server is killed, and learns new search attributes', async () => {
    const stateDir = await newStateDir();
    const first = await start(stateDir, { GroundswellCluster: 'KEYWORD' });
    const runId = await withClient(first.address, async (client) => {
      const handle = await client.workflow.start('neverPolled', {
        workflowId: 'kept',
        taskQueue: 'nobody',
        args: [{ marker: 'before the kill' }],
      });
      return handle.firstExecutionRunId;
    });
    process.kill(first.pid, 'SIGKILL');

    const second = await start(stateDir, { GroundswellCluster: 'KEYWORD', GroundswellParkedSteps: 'KEYWORD_LIST' });

    expect(second).toMatchObject({ started: true, address: first.address, uiUrl: first.uiUrl });
    expect(second.pid).not.toBe(first.pid);
    await withClient(second.address, async (client) => {
      const history = await client.workflow.getHandle('kept', runId).fetchHistory();
      const input = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0]?.data;
      expect(Buffer.from(input ?? []).toString()).toContain('before the kill');
    });
    const namespace = await temporal(second, 'operator', 'namespace', 'describe', '-n', 'default');
    expect(namespace).toMatch(/RetentionTtl\s+2160h/);
    const attributes = await temporal(second, 'operator', 'search-attribute', 'list');
    expect(attributes).toMatch(/GroundswellCluster\s+Keyword/);
    expect(attributes).toMatch(/GroundswellParkedSteps\s+KeywordList/);
  });

  it('keeps its name when its database is lost, and another folder has another', async () => {
    const stateDir = await newStateDir();
    const first = await start(stateDir);
    process.kill(first.pid, 'SIGKILL');
    const { database } = serverFiles(stateDir);
    for (const file of [database, `${database}-wal`, `${database}-shm`]) await rm(file, { force: true });

    expect(first.name).toMatch(/^[0-9a-f-]{36}$/);
    expect((await start(stateDir)).name).toBe(first.name);
    expect((await start(await newStateDir())).name).not.toBe(first.name);
  });

  it('finds the running one at a second start, also when both come at once', async () => {
    const stateDir = await newStateDir();

    const both = await Promise.all([start(stateDir), start(stateDir)]);

    expect(both[0].pid).toBe(both[1].pid);
    expect(both.map((server) => server.started).sort()).toEqual([false, true]);
    expect(await findEmbeddedServer(stateDir)).toEqual({ ...both[0], started: false });
  });

  it('makes the namespace of a profile at a server that was started for another one', async () => {
    const stateDir = await newStateDir();
    await start(stateDir);

    const server = await startEmbeddedServer({
      ...{ stateDir, program, namespace: 'prod', onLine: () => undefined },
      searchAttributes: { GroundswellCluster: 'KEYWORD' },
    });

    expect(server.started).toBe(false);
    await withClient(server.address, async (client) => {
      const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace: 'prod' });
      expect(Object.keys(customAttributes)).toContain('GroundswellCluster');
      const { config } = await client.workflowService.describeNamespace({ namespace: 'prod' });
      expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 24 * 3600);
    });
  });

  it('serves two clones side by side, each with ports and histories of its own', async () => {
    const dirs = [await newStateDir(), await newStateDir()];

    const [one, two] = await Promise.all(dirs.map((stateDir) => start(stateDir)));

    if (one === undefined || two === undefined) throw new Error('both must have started');
    expect(new Set([one.address, two.address, one.uiUrl, two.uiUrl]).size).toBe(4);
    await withClient(one.address, async (client) => {
      await client.workflow.start('neverPolled', { workflowId: 'only-here', taskQueue: 'nobody' });
    });
    await withClient(two.address, async (client) => {
      await expect(client.workflow.getHandle('only-here').describe()).rejects.toThrow(/not found/);
    });
  });

  it('listens on the loopback address only', async () => {
    const server = await start(await newStateDir());

    const sockets = await mustRun('ss', ['-H', '-ltnp']);

    const addresses = sockets
      .split('\n')
      .filter((line) => line.includes(`pid=${String(server.pid)},`))
      .map((line) => line.split(/\s+/)[3]);
    expect(addresses).toContain(server.address);
    expect(addresses.filter((address) => address?.startsWith('127.0.0.1:') !== true)).toEqual([]);
  });

  it('takes other ports when its own are taken by somebody else', async () => {
    const stateDir = await newStateDir();
    const first = await start(stateDir);
    await stopEmbeddedServer(stateDir);
    const intruder = createServer().listen(Number(first.address.split(':')[1]), '127.0.0.1');

    const second = await start(stateDir);

    intruder.close();
    expect(second.address).not.toBe(first.address);
  });

  it('does not believe a reused pid: neither finds it nor ends it', async () => {
    const stateDir = await newStateDir();
    await start(stateDir);
    await stopEmbeddedServer(stateDir);
    const state = await readServerState(stateDir);
    if (state === undefined) throw new Error('the state of the ended server must stay');
    await writeServerState(stateDir, { ...state, pid: process.pid });

    await stopEmbeddedServer(stateDir);

    expect(await findEmbeddedServer(stateDir)).toBeUndefined();
  });

  it('ends the server and leaves nothing that runs', async () => {
    const stateDir = await newStateDir();
    const server = await start(stateDir);
    const recorded = await recordProcess(server.pid);
    if (recorded === undefined) throw new Error('the server must run');

    await stopEmbeddedServer(stateDir);

    expect(await isRunning(recorded)).toBe(false);
    expect(await findEmbeddedServer(stateDir)).toBeUndefined();
  });

  it('says the last line of the log when the server cannot start', async () => {
    const stateDir = await newStateDir();
    await start(stateDir);
    await stopEmbeddedServer(stateDir);
    await writeFile(serverFiles(stateDir).database, 'this is no database');

    const attempt = start(stateDir);

    await expect(attempt).rejects.toThrow(/ended before it answered.*file is not a database/);
    expect(await readFile(serverFiles(stateDir).log, 'utf8')).toContain('file is not a database');
  });

  it('says that a server which hangs does not answer, instead of starting a second one', async () => {
    const stateDir = await newStateDir();
    const server = await start(stateDir);
    const recorded = await recordProcess(server.pid);
    if (recorded === undefined) throw new Error('the server must run');
    process.kill(server.pid, 'SIGSTOP');

    const attempt = start(stateDir);

    await expect(attempt).rejects.toThrow(/no answer at .*runs: end that process/);
    await endProcess(recorded, 100);
    expect(await isRunning(recorded)).toBe(false);
  });

  async function temporal(server: EmbeddedServer, ...args: string[]): Promise<string> {
    return await mustRun(program.path, [...args, '--address', server.address]);
  }
});
