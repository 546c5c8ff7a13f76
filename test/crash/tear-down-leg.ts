import { taskQueue } from '../../workflows/contract/task-queues.js';
import { touchedForeignThings } from './foreign-things.js';
import { outcomeOf, unexpected, type LegRun } from './leg.js';

/** The cluster ends, and a second run finds nothing to do. Nothing of it is left at EC2, and nothing that is not ours was touched. */
export async function tearDownLeg(run: LegRun): Promise<readonly string[]> {
  const { world, cluster } = run.nodes;
  const start = (workflowId: string) =>
    run.client.workflow.start('tearDownCluster', { taskQueue, workflowId, args: [{ confirm: cluster }] });
  const outcomes = [await outcomeOf(run, await start('end')), await outcomeOf(run, await start('ended'))];
  const { parts, instances, keyPair, locks } = world.things;
  const left = [
    ...parts.filter((part) => part.cluster === cluster).map(({ kind, id }) => `${kind} ${id}`),
    ...instances.filter(({ state }) => state !== 'terminated').map(({ id, state }) => `${id} is ${state}`),
    ...(keyPair === undefined ? [] : [keyPair.name]),
    ...locks.keys(),
  ];
  return [
    ...unexpected(['"outcome":"done"', '"outcome":"nothing to do"'], outcomes),
    ...left.map((name) => `${name} was to go, and is left`),
    ...touchedForeignThings(world),
  ];
}
