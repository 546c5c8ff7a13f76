import { WorkflowNotFoundError } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import { deploymentsInOrder, historyOf, whatIsWrong } from './observed.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until, type FrontDoorHandle } from './simulated-worker.js';

const waves = [
  ['data/postgresql', 'data/redis', 'messaging/rabbitmq', 'monitoring/prometheus', 'monitoring/grafana'],
  ['api/auth', 'api/my', 'api/scan'],
  ['api/character', 'api/location'],
  ['api/info', 'api/chat'],
  ['workers/worker-storage', 'workers/worker-ai'],
];

async function digestThatWaits(handle: FrontDoorHandle): Promise<string> {
  await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
  return (await handle.query(frontDoorStatusQuery)).planDigest ?? '';
}

describe('a roll-out', () => {
  it('of {} waits for the approval of its plan, then makes fourteen nodes and all waves in their order, each thing once', async () => {
    const rehearsal = await aSimulatedRehearsal();
    const handle = await rehearsal.rollOut({});
    const digest = await digestThatWaits(handle);

    await expect(rehearsal.client.getHandle(applyWorkflowId('ecoeco')).describe()).rejects.toThrow(
      WorkflowNotFoundError,
    );
    expect(rehearsal.effects()).toEqual([]);
    expect(await refusalOf(handle.executeUpdate(approveUpdate, { args: [{ digest: 'another', by: 'kim' }] }))).toBe(
      `plan another is not the plan that waits: expected ${digest}; look at the plan again`,
    );

    await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
    expect(await handle.result()).toMatchObject({ cluster: 'ecoeco', outcome: 'done' });

    expect(await whatIsWrong(rehearsal)).toEqual([]);
    const order = deploymentsInOrder(rehearsal);
    const waveOf = (key: string): number => waves.findIndex((wave) => wave.includes(key));
    expect(order.map(waveOf)).toEqual(order.map(waveOf).toSorted((a, b) => a - b));
    expect(order.toSorted()).toEqual(waves.flat().toSorted());

    const effects = rehearsal.effects().length;
    const again = await rehearsal.rollOut({});
    expect(await again.result()).toMatchObject({ outcome: 'nothing to do', changes: 0 });
    expect(rehearsal.effects()).toHaveLength(effects);
  });

  it('begins a unit only after its own node has joined and has its labels', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    await (await rehearsal.rollOut({ approve: true })).result();

    const keys = rehearsal.effects('apply').map(({ key }) => key);
    expect(keys.indexOf('apps/v1/Deployment/data/redis')).toBeGreaterThan(keys.lastIndexOf('v1/Node//k8s-redis'));
    expect(keys.indexOf('apps/v1/Deployment/api/auth')).toBeGreaterThan(keys.lastIndexOf('v1/Node//k8s-api-auth'));
    const labelled = rehearsal.world.things.managed.get('groundswell-nodes v1/Node//k8s-redis');
    expect(labelled?.metadata.labels).toMatchObject({ tier: 'infrastructure', workload: 'redis' });
  });

  it('starts no wave later than it must: wave 1 is done while k8s-worker-ai still joins', async () => {
    const rehearsal = await aSimulatedRehearsal();
    const join = rehearsal.gates.hold('k8s-worker-ai', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => deploymentsInOrder(rehearsal).includes('workers/worker-storage'));

    expect(join.reached()).toBe(true);
    expect(rehearsal.world.things.objects.has('v1/Node//k8s-worker-ai')).toBe(false);
    expect(deploymentsInOrder(rehearsal)).toEqual(expect.arrayContaining(waves.slice(0, 4).flat()));
    expect(deploymentsInOrder(rehearsal)).not.toContain('workers/worker-ai');

    join.release();
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(await whatIsWrong(rehearsal)).toEqual([]);
  });

  it('goes to the next zone where one has no capacity', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['ap-northeast-2a: no capacity'],
    });
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });

    expect(rehearsal.world.things.instances.map(({ node, zone }) => `${node} ${zone}`).toSorted()).toEqual([
      'k8s-api-auth ap-northeast-2c',
      'k8s-master ap-northeast-2c',
      'k8s-redis ap-northeast-2c',
    ]);
    expect(rehearsal.effects('RunInstances')).toHaveLength(3);
  });

  it('tells a waiting node by one signal that the API answers', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    await (await rehearsal.rollOut({ approve: true })).result();

    const history = await historyOf(rehearsal, 'cluster/three/node/k8s-redis');
    expect(JSON.stringify(history).match(/"controlPlaneReady"/g)).toHaveLength(1);
  });
});
