import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { planTearDownWith } from './plan-of.js';
import { aSettledRehearsal, up } from './machines.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { RollOutClusterResult, TearDownClusterInput } from '../../workflows/contract/inputs.js';
import type { tearDownCluster } from '../../workflows/index.js';

let runs = 0;

async function startDown(
  rehearsal: SimulatedRehearsal,
  input?: TearDownClusterInput,
): Promise<WorkflowHandle<typeof tearDownCluster>> {
  runs += 1;
  const workflowId = `down-${runs}`;
  return rehearsal.client.start<typeof tearDownCluster>('tearDownCluster', {
    taskQueue,
    workflowId,
    args: input === undefined ? [] : [input],
  });
}

async function down(rehearsal: SimulatedRehearsal, input?: TearDownClusterInput): Promise<RollOutClusterResult> {
  return (await startDown(rehearsal, input)).result();
}

function leftAtEc2({ world: { things } }: SimulatedRehearsal): readonly unknown[] {
  const live = things.instances.filter(({ state }) => state !== 'terminated');
  return [...live, ...things.parts, ...(things.keyPair === undefined ? [] : [things.keyPair]), ...things.locks.keys()];
}

describe('the end of a cluster', () => {
  it('takes everything at EC2, drains nothing, and leaves room for the next one', async () => {
    const rehearsal = await aSettledRehearsal();
    const kubernetes = rehearsal.effects().filter(({ system }) => system === 'kubernetes').length;

    expect(await down(rehearsal, { confirm: 'three' })).toMatchObject({ outcome: 'done', left: [] });

    expect(leftAtEc2(rehearsal)).toEqual([]);
    expect(rehearsal.effects().filter(({ system }) => system === 'kubernetes')).toHaveLength(kubernetes);
    expect(await down(rehearsal, { confirm: 'three' })).toMatchObject({ outcome: 'nothing to do', changes: 0 });
    expect(await up(rehearsal)).toMatchObject({ outcome: 'done' });
  });

  it('wants the name of the cluster, and nothing else is enough', async () => {
    const rehearsal = await aSettledRehearsal();

    for (const input of [undefined, {}, { confirm: 'k8s-master' }, { confirm: 'Three' }]) {
      expect((await failureOf(down(rehearsal, input))).message).toContain('expected {"confirm": "three"} to end it');
    }
    const approved: object = { confirm: 'three', approve: true };
    expect((await failureOf(down(rehearsal, approved))).message).toContain('"approve": expected one of');
    expect(rehearsal.effects('TerminateInstances')).toEqual([]);
  });

  it('is refused by a plan that is not the one that was shown', async () => {
    const rehearsal = await aSettledRehearsal();
    const shown = await planTearDownWith(rehearsal);
    rehearsal.world.things.instances.splice(2, 1);

    expect((await failureOf(down(rehearsal, { confirm: 'three', digest: shown.digest }))).message).toContain(
      'look at it again',
    );
    const now = await planTearDownWith(rehearsal);
    expect(await down(rehearsal, { confirm: 'three', digest: now.digest })).toMatchObject({ outcome: 'done' });
  });

  it('needs no control plane, and no whole cluster', async () => {
    const rehearsal = await aSettledRehearsal();
    for (const instance of rehearsal.world.things.instances) {
      if (instance.node === 'k8s-master') instance.sshAtMs = Infinity;
      if (instance.node === 'k8s-redis') instance.state = 'stopped';
    }

    expect(await down(rehearsal, { confirm: 'three' })).toMatchObject({ outcome: 'done' });
    expect(leftAtEc2(rehearsal)).toEqual([]);
  });

  it('of nothing has nothing to do', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });

    expect(await down(rehearsal, { confirm: 'three' })).toMatchObject({ outcome: 'nothing to do' });
  });

  it('goes on where a killed worker stopped', async () => {
    const rehearsal = await aSettledRehearsal({ server: 'real' });
    const handle = await startDown(rehearsal, { confirm: 'three' });
    await rehearsal.endWorker();
    await rehearsal.startWorker();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(leftAtEc2(rehearsal)).toEqual([]);
  });

  it('waits for a roll-out that has the cluster', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', server: 'real' });
    const rollOut = await rehearsal.rollOut({ approve: true });
    const ending = await startDown(rehearsal, { confirm: 'three' });

    expect(await rollOut.result()).toMatchObject({ outcome: 'done' });
    expect(await ending.result()).toMatchObject({ outcome: expect.stringMatching(/done|nothing to do/) as string });
  });
});
