import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { allActivityNames } from '../../model/names/activity-names.js';
import { remainsOf, strikesWithoutSecondAttempt } from '../crash/column-remains.js';
import { createDirector, type Column, type Strike } from '../crash/director.js';
import { serveDirector } from '../crash/director-server.js';
import { servePassage } from '../crash/passage-server.js';
import { bridge } from '../../rehearsal/bring-up/loopback-bridge.js';
import { startDetached } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { kill } from '../crash/three-nodes.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import { eventually, realThreeNodes } from './real-three-nodes.js';
import type { StruckWorkerInput } from './struck-worker.js';

/** What became of one column on real hosts. */
export interface HostsColumn {
  /** Every activity type but the one that only happens when a host is replaced. */
  readonly rows: readonly string[];
  readonly strikes: ReadonlyMap<string, Strike>;
  /** What is wrong with the roll-out as a whole. */
  readonly problems: readonly string[];
}

/** An Ansible run takes half a minute, and waits for its turn: nothing begins or ends meanwhile. */
const patience = 480;

/**
 * Rolls three real hosts out and strikes every activity type once on the way, at the worker's own calls to the EC2 emulator,
 * the hosts and the API server. A second front door waits for the lock meanwhile. The rehearsal is taken down again.
 */
export async function strikeHosts(column: Column): Promise<HostsColumn> {
  const nodes = await realThreeNodes('strike-hosts');
  const folder = await mkdtemp(join(tmpdir(), 'groundswell-strike-'));
  let pid = 0;
  let over = false;
  onTestFinished(async () => {
    over = true;
    kill(pid);
    await nodes.end();
    await rm(folder, { recursive: true, force: true });
  });
  await nodes.killWorkers();
  const target = await nodes.target();
  const { codePath } = await workflowBundle(join(import.meta.dirname, 'shortened-time-outs.ts'));
  const director = createDirector({
    column,
    patience,
    performer: 'worker',
    mayStrike: () => true,
    kill() {
      kill(pid);
      director.workerEnded();
      if (!over) start();
    },
  });
  const urls = { director: await serveDirector(director), passage: await servePassage(director.passage) };
  const [enter = '', namespace = ''] = target.workerCommand ?? [];
  const startInside = (program: string, args: readonly string[]): number => {
    const node = [process.execPath, '--import', import.meta.resolve('tsx'), join(root, program), ...args];
    return startDetached(enter, [namespace, '--', ...node], { cwd: folder, logFile: join(folder, 'inside.log') });
  };
  const bridgePid = startInside('rehearsal/bring-up/loopback-bridge.ts', await carried(folder, Object.values(urls)));
  onTestFinished(() => {
    kill(bridgePid);
  });
  const start = (): void => {
    const input: StruckWorkerInput = { target, codePath, ...urls };
    pid = startInside('test/rehearsal/struck-worker.ts', ['--run', JSON.stringify(input)]);
  };
  start();

  const ended = await nodes.withClient(async (client) => {
    const begin = (workflowId: string) =>
      client.workflow.start('rollOutCluster', { taskQueue, workflowId, args: [{ approve: true }] });
    const first = await begin('first');
    const lock = client.workflow.getHandle('cluster/three');
    await eventually(() => lock.describe().catch(() => undefined));
    const second = await begin('second');
    const outcomes = await Promise.all(
      [first, second].map((handle) =>
        handle.result().then(
          ({ outcome }: { readonly outcome: string }) => outcome,
          (error: unknown) => String(error),
        ),
      ),
    );
    return [
      ...['done', 'nothing to do'].flatMap((expected, index) =>
        outcomes[index] === expected ? [] : [`expected ${expected}, found ${outcomes[index] ?? ''}`],
      ),
      ...(await remainsOf(director, client)),
      ...(await strikesWithoutSecondAttempt(director, client)),
    ];
  });
  kill(pid);
  const problems = [...ended, ...(await nodes.whatIsWrong()), ...(await nodes.leftovers())];
  const rare = [
    ...['drainNode', 'fenceNode', 'readArtifactPart', 'removeUnit', 'renewCertificates'],
    ...['endHost', 'removeNetworkPart', 'findResidue', 'planTearDown', 'findDifferences'],
  ];
  const rows = allActivityNames.filter((activity) => !rare.includes(activity));
  return { rows, strikes: director.strikes, problems };
}

/** Carries ports of this machine's loopback into the workers' network namespace. Returns the pairs for the bridge inside. */
async function carried(folder: string, urls: readonly string[]): Promise<readonly string[]> {
  const pairs: string[] = [];
  for (const url of urls) {
    const { port } = new URL(url);
    const path = join(folder, `${port}.sock`);
    const server = await bridge({ path }, { host: '127.0.0.1', port: Number(port) });
    onTestFinished(() => {
      server.close();
    });
    pairs.push(`${port}=${path}`);
  }
  return pairs;
}
