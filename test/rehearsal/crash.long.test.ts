import { afterEach, describe, expect, it } from 'vitest';
import { whyRealHostsAreImpossible } from '../../rehearsal/hosts/machine-support.js';
import { findKubernetesStore } from '../../rehearsal/kubernetes/kubernetes-store.js';
import { cacheFolder, readEnvironment } from '../../worker/config.js';
import { eventually, realThreeNodes, type RealThreeNodes } from './real-three-nodes.js';

const obstacle =
  (await whyRealHostsAreImpossible()) ??
  ((await findKubernetesStore(cacheFolder(readEnvironment()))) === undefined
    ? 'Kubernetes is not built yet'
    : undefined);
const title = (what: string): string => `${what}${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`;

/** Every activity that touches a host or the API of a real cluster. */
const touching = [
  'ensureInstance',
  'waitUntilReachable',
  'prepareHost',
  'initControlPlane',
  'installPodNetwork',
  'joinNode',
  'labelNode',
  'waitForNodeReady',
  'applyUnit',
  'waitForUnit',
  'verifyCluster',
];

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

describe.skipIf(obstacle !== undefined)(title('a SIGKILL of the worker on three real hosts'), () => {
  it('in the middle of every activity that touches them leaves each effect once', async () => {
    nodes = await realThreeNodes('crash-hosts');
    const world = nodes;
    const struck = new Set<string>();
    await world.start('up');
    const result = world.withClient(({ workflow }) => workflow.getHandle('up').result());
    const next = () =>
      eventually(async () => (await running(world)).find((type) => touching.includes(type) && !struck.has(type)));
    const end = result.then(
      () => undefined,
      () => undefined,
    );
    for (let hit = await Promise.race([end, next()]); hit !== undefined; hit = await Promise.race([end, next()])) {
      struck.add(hit);
      await world.replaceWorker();
    }

    expect(await result).toMatchObject({ outcome: 'done' });
    expect(await world.whatIsWrong()).toEqual([]);
    expect(touching.filter((type) => !struck.has(type))).toEqual([]);
  });
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

describe.skipIf(obstacle !== undefined)(title('on three real hosts, when joins are in flight and'), () => {
  it.each(Object.entries(losses))('%s, npm start makes the same cluster with no second join', async (_, lose) => {
    nodes = await realThreeNodes('history-hosts');
    const world = nodes;
    await world.start('before');
    await eventually(async () => ((await running(world)).includes('joinNode') ? true : undefined));

    await lose(world);
    const { exitCode, output } = await world.up();

    expect(exitCode, output.slice(-3_000)).toBe(0);
    expect(await world.whatIsWrong()).toEqual([]);
  });
});
