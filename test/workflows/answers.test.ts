import { describe, expect, it } from 'vitest';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import { parkedOf, resolve, statusOf, untilParked } from './locked.js';
import { deploymentsInOrder, historyOf, whatIsWrong } from './observed.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

const step = 'node/k8s-redis/join';

describe('skip', () => {
  it('of a node goes on without it and what needs it, ends as degraded, and is undone by the next run', async () => {
    const rehearsal = await aSimulatedRehearsal({ faults: ['k8s-redis: join fails 3 times'] });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, step);
    await resolve(rehearsal, { step, action: 'skip', reason: 'no spare host today', by: 'lee' });

    const result = await handle.result();
    expect(result).toMatchObject({ outcome: 'degraded' });
    expect(result.skipped).toEqual([
      { step, reason: 'no spare host today', by: 'lee' },
      { step: 'wave/0/redis', reason: 'needs k8s-redis, which was skipped', by: 'groundswell' },
    ]);
    expect(deploymentsInOrder(rehearsal)).not.toContain('data/redis');
    expect(deploymentsInOrder(rehearsal)).toHaveLength(13);
    const { nodes, skipped } = await statusOf(rehearsal);
    expect(nodes.filter(({ state }) => state !== 'done')).toEqual([{ name: 'k8s-redis', state: 'skipped' }]);
    expect(skipped).toEqual(result.skipped);

    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    // the second run has one node to do
    expect(await whatIsWrong(rehearsal)).toEqual(['14 child workflows of nodes; found 1']);
  });

  it('of a unit lets the later waves go on', async () => {
    const rehearsal = await aSimulatedRehearsal({ faults: ['api-location: never ready'] });
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => deploymentsInOrder(rehearsal).includes('api/location'));
    await untilParked(rehearsal, 'wave/2/api-location');
    await resolve(rehearsal, { step: 'wave/2/api-location', action: 'skip' });

    expect(await handle.result()).toMatchObject({
      outcome: 'degraded',
      skipped: [{ step: 'wave/2/api-location', reason: 'of the test', by: 'kim' }],
    });
    expect(deploymentsInOrder(rehearsal)).toEqual(expect.arrayContaining(['api/info', 'workers/worker-ai']));
  });

  it('is refused where everything stands on the step', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-master: init fails 3 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, 'node/k8s-master/init');
    const answers = (await parkedOf(rehearsal))[0]?.answers;
    expect(answers).toEqual(['retry', 'abort']);

    expect(await refusalOf(resolve(rehearsal, { step: 'node/k8s-master/init', action: 'skip' }))).toBe(
      'node/k8s-master/init: no node can join without the control plane; answer retry or abort',
    );
    expect(await refusalOf(resolve(rehearsal, { step: 'node/k8s-master/init', action: 'replace' }))).toContain(
      'Groundswell does not replace the only control plane',
    );
    await resolve(rehearsal, { step: 'node/k8s-master/init', action: 'retry' });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });
});

describe('replace', () => {
  it('ends the host, deletes its Node, and takes a new generation from nothing to Ready', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, step);
    expect((await parkedOf(rehearsal))[0]?.answers).toEqual(['retry', 'skip', 'replace', 'abort']);
    await resolve(rehearsal, { step, action: 'replace', reason: 'bad disk' });

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    const redis = rehearsal.world.things.instances.filter(({ node }) => node === 'k8s-redis');
    expect(redis.map(({ generation, state }) => `${generation} ${state}`)).toEqual(['1 terminated', '2 pending']);
    const order = rehearsal.effects('RunInstances', 'TerminateInstances', 'kubeadm join');
    expect(order.filter(({ node }) => node === 'k8s-redis').map(({ effect }) => effect)).toEqual([
      'RunInstances',
      'TerminateInstances',
      'RunInstances',
      'kubeadm join',
    ]);
    const history = await historyOf(rehearsal, nodeWorkflowId('three', 'k8s-redis'));
    expect(JSON.stringify(history).match(/"fenceNode"/g)).toHaveLength(1);
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'nothing to do' });
  });
});

describe('abort', () => {
  it('lets go of what others run, and the next run finishes it', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
      server: 'real',
    });
    const join = rehearsal.gates.hold('k8s-api-auth', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    await until(async () => (await parkedOf(rehearsal)).length === 1, 60_000);
    await resolve(rehearsal, { step, action: 'abort' });

    await expect(handle.result()).rejects.toThrow();
    expect(rehearsal.effects('kubeadm join')).toHaveLength(0);
    join.release();
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
  });
});
