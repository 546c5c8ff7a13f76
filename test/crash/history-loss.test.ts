import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mustRun } from '../../systems/process.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { startEmbeddedServer, stopEmbeddedServer } from '../../installation/temporal-server/embedded-server.js';
import { resolveTemporalCli } from '../../installation/temporal-server/resolve-temporal-cli.js';
import { serverFiles } from '../../installation/temporal-server/server-state.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { withClient } from '../with-client.js';
import { until } from '../workflows/simulated-worker.js';
import { differences, endStateOf, netEffects } from './end-state.js';
import { createHold, type Hold } from './hold.js';
import { effects, networkEffect } from './moments.js';
import { threeNodes, type ThreeNodes } from './three-nodes.js';

/** How far a roll-out is when its history is lost: at the first call of this activity's effect. */
const points = {
  'the world is about to name the run': () => createHold(effects.takeWorldLock),
  'the network is half made': () => createHold(networkEffect('route-table')),
  'instances launch': () => createHold(effects.ensureInstance),
  'kubeadm init is in flight': () => createHold(effects.initControlPlane),
  'joins are in flight': () => createHold(effects.joinNode),
  'waves are half applied': () => createHold(effects.applyUnit, { after: 1 }),
} satisfies Record<string, () => Hold>;

/** A server with a database on disk, in a folder of its own. */
interface Server {
  readonly address: string;
  /** `rm` of the database: the server dies, its file goes, an empty one answers at the same address. */
  loseDatabase(): Promise<void>;
  /** `temporal workflow terminate` of everything that is open. */
  terminateEverything(): Promise<void>;
  start(workflowId: string): Promise<unknown>;
  /** Starts a roll-out and waits for its result. */
  up(workflowId: string): Promise<unknown>;
  /** How many workflows are open. */
  open(): Promise<number>;
}

describe.each(['the database is lost', 'everything is terminated'] as const)('when %s', (loss) => {
  it.each(Object.entries(points))('while %s, up makes the same cluster, and nothing twice', async (_, hold) => {
    const calm = await inPeace();
    const server = await aServer();
    const nodes = await threeNodes(server);
    const held = hold();
    await nodes.startWorker({ outside: await nodes.serve(held.passage) });
    await server.start('before');
    await held.reached;

    await (loss === 'the database is lost' ? server.loseDatabase() : server.terminateEverything());
    // the worker has outlived it: what it was about to do happens as the new run is about to do the same
    const again = server.up('again');
    await Promise.race([held.repeated, again]);
    held.release();

    expect(await again).toMatchObject({ outcome: 'done' });
    await until(async () => (await server.open()) === 0);
    expect(differences(calm.state, stateOf(nodes))).toEqual([]);
    expect(differences(calm.effects, effectsOf(nodes))).toEqual([]);
  });
});

type Seen = Readonly<Record<'state' | 'effects', readonly string[]>>;
let peace: Promise<Seen> | undefined;

/** What a roll-out of which nothing is lost leaves, looked at once. */
function inPeace(): Promise<Seen> {
  peace ??= (async () => {
    const server = await aServer();
    const nodes = await threeNodes(server);
    await nodes.startWorker({ outside: await nodes.serve((_, perform) => perform()) });
    await server.up('calm');
    return { state: stateOf(nodes), effects: effectsOf(nodes) };
  })();
  return peace;
}

function stateOf({ world }: ThreeNodes): readonly string[] {
  return Object.entries(endStateOf(world)).flatMap(([what, items]: [string, readonly string[]]) =>
    items.map((item) => `${what}: ${item}`),
  );
}

function effectsOf({ ledger }: ThreeNodes): readonly string[] {
  return [...netEffects(ledger)].filter(([, count]) => count !== 0).map(([name, count]) => `${name}: ${count}`);
}

async function aServer(): Promise<Server> {
  const stateDir = await mkdtemp(join(tmpdir(), 'groundswell-history-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const quiet = (): void => undefined;
  const program = await resolveTemporalCli({ cacheDir: cacheFolder(readEnvironment()), onLine: quiet });
  const begin = () => startEmbeddedServer({ stateDir, program, searchAttributes: {}, onLine: quiet });
  let { address, pid } = await begin();
  onTestFinished(() => stopEmbeddedServer(stateDir));

  const start = (workflowId: string) => (client: Client) =>
    client.workflow.start('rollOutCluster', { taskQueue, workflowId, args: [{ approve: true }] });
  const open = () =>
    withClient(address, async ({ workflow }) => (await workflow.count('ExecutionStatus = "Running"')).count);

  return {
    address,
    open,
    start: (workflowId) => withClient(address, start(workflowId)),
    up: (workflowId) =>
      withClient(address, async (client): Promise<unknown> => (await start(workflowId)(client)).result()),
    async loseDatabase() {
      process.kill(pid, 'SIGKILL');
      const { database } = serverFiles(stateDir);
      for (const file of [database, `${database}-wal`, `${database}-shm`]) await rm(file, { force: true });
      const before = address;
      ({ address, pid } = await begin());
      expect(address).toBe(before);
      expect(await open()).toBe(0);
    },
    async terminateEverything() {
      const query = ['--query', 'ExecutionStatus="Running"', '--yes', '--reason', 'to see what remains'];
      await mustRun(program.path, ['workflow', 'terminate', '--address', address, ...query]);
      await until(async () => (await open()) === 0);
    },
  };
}
