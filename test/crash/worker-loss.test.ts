import { describe, expect, it } from 'vitest';
import { applyWorkflowId, nodeWorkflowId } from '../../model/names/workflow-ids.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { count, historyOf } from '../workflows/observed.js';
import { eachOnce, oncePerNode } from '../workflows/once-per-node.js';
import { until } from '../workflows/simulated-worker.js';
import { aCrashServer } from './crash-server.js';
import { createHold } from './hold.js';
import { effects, isCallOf } from './moments.js';
import { kill, threeNodes } from './three-nodes.js';

async function aRollOut() {
  const { address, client } = await aCrashServer(['default']);
  const nodes = await threeNodes({ address });
  const start = () =>
    client.workflow.start('rollOutCluster', { taskQueue, workflowId: 'up', args: [{ approve: true }] });
  /** How often a step told the lock that it waits for a person. */
  const parkings = async () => {
    const history = await historyOf({ client: client.workflow }, applyWorkflowId(nodes.cluster));
    return history.filter((event) => JSON.stringify(event).includes('"signalName":"parked"')).length;
  };
  return { client, nodes, start, parkings };
}

describe('a worker', () => {
  it('that is killed three times during one step does not park it', async () => {
    const { client, nodes, start, parkings } = await aRollOut();
    let attempts = 0;
    let worker = 0;
    const outside = await nodes.serve(async (call, perform) => {
      if (!isCallOf(effects.initControlPlane, call)) return perform();
      attempts += 1;
      if (attempts > 3) return perform();
      kill(worker);
      worker = await nodes.startWorker({ outside });
      return undefined;
    });
    worker = await nodes.startWorker({ outside });
    const handle = await start();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(attempts).toBe(4);
    expect(await parkings()).toBe(0);
    const history = await historyOf({ client: client.workflow }, nodeWorkflowId(nodes.cluster, 'k8s-master'));
    expect(count(history, 'ACTIVITY_TASK_FAILED') + count(history, 'TIMER_STARTED')).toBe(0);
    expect(oncePerNode(nodes.ledger)).toEqual(eachOnce);
  });

  it('that restarts in a loop loses nothing', async () => {
    const { nodes, start, parkings } = await aRollOut();
    let worker = 0;
    let restarts = 0;
    let calls = 0;
    const outside = await nodes.serve(async (_, perform) => {
      const result = await perform();
      calls += 1;
      // every so many calls, between an effect and its answer as likely as anywhere else
      if (calls % 25 === 0 && restarts < 8) {
        restarts += 1;
        kill(worker);
        worker = await nodes.startWorker({ outside });
      }
      return result;
    });
    worker = await nodes.startWorker({ outside });
    const handle = await start();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(restarts).toBe(8);
    expect(await parkings()).toBe(0);
    expect(oncePerNode(nodes.ledger)).toEqual(eachOnce);
  });
});

describe('two workers on one queue', () => {
  it('share the work, and when one is killed the other one does the rest', async () => {
    const { nodes, start } = await aRollOut();
    const join = createHold(effects.joinNode);
    const pids: number[] = [];
    const calls = [0, 0];
    const urls = await Promise.all(
      [0, 1].map((index) =>
        nodes.serve(async (call, perform) => {
          calls[index] = (calls[index] ?? 0) + 1;
          if (isCallOf(effects.joinNode, call) && !killed()) {
            kill(pids[index]!);
            victim = index;
          }
          return join.passage(call, perform);
        }),
      ),
    );
    let victim: number | undefined;
    const killed = () => victim !== undefined;
    for (const outside of urls) pids.push(await nodes.startWorker({ outside }));
    const handle = await start();
    await join.reached;
    join.release();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(victim).toBeDefined();
    expect(calls.every((number) => number > 0)).toBe(true);
    expect(oncePerNode(nodes.ledger)).toEqual(eachOnce);
  });

  it('do each thing once when one stands still until the other has taken over, and then goes on', async () => {
    const { nodes, start, parkings } = await aRollOut();
    const hold = createHold(effects.joinNode);
    const pids: number[] = [];
    let still: number | undefined;
    const urls = await Promise.all(
      [0, 1].map((index) =>
        nodes.serve(async (call, perform) => {
          if (isCallOf(effects.joinNode, call) && still === undefined) {
            still = pids[index]!;
            process.kill(still, 'SIGSTOP');
          }
          return hold.passage(call, perform);
        }),
      ),
    );
    for (const outside of urls) pids.push(await nodes.startWorker({ outside }));
    const handle = await start();
    await hold.reached;
    await Promise.race([hold.repeated, handle.result()]);
    hold.release();
    process.kill(still!, 'SIGCONT');

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(await parkings()).toBe(0);
    expect(oncePerNode(nodes.ledger)).toEqual(eachOnce);
    await until(() => nodes.world.things.tokens.size === 0);
  });
});
