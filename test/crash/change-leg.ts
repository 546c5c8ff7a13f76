import { taskQueue } from '../../workflows/contract/task-queues.js';
import { putObject } from '../../rehearsal/simulated/kubernetes/kept-objects.js';
import { removeAuth } from '../workflows/machines.js';
import { podOn, putForeignThings, touchedForeignThings } from './foreign-things.js';
import { outcomeOf, startRun, unexpected, type LegRun } from './leg.js';

/**
 * The spec loses a node and a unit, and a person asks for another host of the other worker. Pods are on both hosts. A second run
 * then finds nothing to do. A check for drift finds one difference: the Node that is not ours. Nothing of what went is left, and nothing
 * that is not ours was touched.
 */
export async function changeLeg(run: LegRun): Promise<readonly string[]> {
  const { world, target } = run.nodes;
  putForeignThings(world);
  for (const node of ['k8s-redis', 'k8s-api-auth']) putObject(world, podOn(node));
  await removeAuth({ target });
  const outcomes = [
    await outcomeOf(run, await startRun(run, 'change', { replace: 'k8s-redis' })),
    await outcomeOf(run, await startRun(run, 'changed')),
    await outcomeOf(run, await run.client.workflow.start('checkDrift', { taskQueue, workflowId: 'drift', args: [{}] })),
  ];
  const { instances, objects } = world.things;
  const hosts = instances.filter(({ state }) => state !== 'terminated').map((one) => `${one.node} ${one.generation}`);
  const left = [...objects.keys()].filter((key) => /api-auth|Pod\/theirs\/on-k8s-redis/.test(key));
  return [
    ...unexpected(['"outcome":"done"', '"outcome":"nothing to do"', '"count":1'], outcomes),
    ...unexpected(['k8s-master 1,k8s-redis 2'], [hosts.toSorted().join()]),
    ...left.map((key) => `${key} was to go, and is left`),
    ...touchedForeignThings(world),
  ];
}
