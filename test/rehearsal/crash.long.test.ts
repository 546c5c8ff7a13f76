import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine/machine-support.js';
import { findKubernetesStore } from '../../rehearsal/kubernetes/kubernetes-store.js';
import { root } from '../../installation/config.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { stateFolder } from '../../installation/target.js';
import { cellsOf, crashTable, type Cell } from '../crash/crash-table.js';
import { columns, type Column } from '../crash/director.js';
import { eventually, realThreeNodes, type RealThreeNodes } from './real-three-nodes.js';
import { strikeHosts } from './strike-hosts.js';

const obstacle =
  (await whyRealHostsAreImpossible()) ??
  ((await findKubernetesStore(cacheFolder(readEnvironment()))) === undefined
    ? 'Kubernetes is not built yet'
    : undefined);
const title = (what: string): string => `${what}${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;

let nodes: RealThreeNodes | undefined;
afterEach(async () => {
  await nodes?.end();
  nodes = undefined;
});

/** Types of the activities that a worker is at, as the server has it. */
async function running({ withClient }: RealThreeNodes): Promise<readonly string[]> {
  return withClient(async ({ workflow }) => {
    const types: string[] = [];
    for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
      const { raw } = await workflow.getHandle(workflowId).describe();
      for (const { activityType, state } of raw.pendingActivities ?? []) {
        // 2: started
        if (Number(state) === 2 && typeof activityType?.name === 'string') types.push(activityType.name);
      }
    }
    return types;
  });
}

describe.skipIf(obstacle !== undefined)(title('on three real hosts every activity'), () => {
  const cells: Cell[] = [];
  const wrong = new Map<Column, readonly string[]>();
  afterAll(async () => {
    const table = crashTable([...wrong.keys()], cells, wrong);
    process.stdout.write(`\n${table}\n`);
    await mkdir(join(stateFolder(root), 'test'), { recursive: true });
    await writeFile(join(stateFolder(root), 'test', 'crash-table-hosts.txt'), `${table}\n`);
  });

  it.each(columns.map((column) => [`${column.fault} ${column.moment}`, column] as const))(
    'has its effect once: %s',
    async (_, column) => {
      const result = await strikeHosts(column);
      const ofColumn = cellsOf(column, result, result.problems);
      cells.push(...ofColumn);
      wrong.set(column, result.problems);

      expect(result.problems).toEqual([]);
      expect(ofColumn.flatMap(({ verdict, row, reason }) => (verdict === 'bad' ? [`${row}: ${reason}`] : []))).toEqual(
        [],
      );
    },
  );
});

const losses = {
  'the database is lost': (world: RealThreeNodes) => world.loseDatabase(),
  'everything is terminated': ({ withClient }: RealThreeNodes) =>
    withClient(async ({ workflow }) => {
      for await (const { workflowId } of workflow.list({ query: 'ExecutionStatus = "Running"' })) {
        await workflow.getHandle(workflowId).terminate('to see what remains');
      }
    }),
};

/** Where history is lost, in the order in which a roll-out gets there: an activity that is at work then. */
const points = ['ensureInstance', 'prepareHost', 'initControlPlane', 'joinNode', 'waitForUnit'];

describe.skipIf(obstacle !== undefined)(title('on three real hosts, at five points of one roll-out'), () => {
  it.each(Object.entries(losses))('%s: the same cluster, and nothing twice', async (_, lose) => {
    nodes = await realThreeNodes('history-hosts');
    const world = nodes;
    await world.start('from nothing');
    for (const [index, point] of points.entries()) {
      const fromHere = points.slice(index);
      await eventually(async () => (await running(world)).find((type) => fromHere.includes(type)));
      await lose(world);
      await world.bringUp();
      await world.start(`after ${point}`);
    }
    const { exitCode, output } = await world.up();

    expect(exitCode, output.slice(-3_000)).toBe(0);
    expect(await world.whatIsWrong()).toEqual([]);
    // the token cleaner of Kubernetes takes a moment
    const nothingLeft = async () => (await world.leftovers()).length === 0;
    await vi.waitUntil(nothingLeft, { timeout: 60_000, interval: 2_000 }).catch(() => undefined);
    expect(await world.leftovers()).toEqual([]);
  });
});
