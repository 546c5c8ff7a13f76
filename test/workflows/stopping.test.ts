import { describe, expect, it } from 'vitest';
import { applyStatusQuery, applyWorkflowId, frontDoorStatusQuery, stopSignal } from '../../workflows/contract.js';
import type { applyPlan } from '../../workflows/index.js';
import { deploymentsInOrder } from './observed.js';
import { aSimulatedRehearsal, until, type FrontDoorHandle, type SimulatedRehearsal } from './simulated-worker.js';

function lockOf(rehearsal: SimulatedRehearsal) {
  return rehearsal.client.getHandle<typeof applyPlan>(applyWorkflowId(rehearsal.cluster));
}

async function parkedOf(rehearsal: SimulatedRehearsal) {
  return lockOf(rehearsal)
    .query(applyStatusQuery)
    .then(
      ({ parked }) => parked,
      () => [], // it has not begun
    );
}

const ways: Readonly<Record<string, (handle: FrontDoorHandle) => Promise<unknown>>> = {
  'Cancel of the front door': (handle) => handle.cancel(),
  'the signal stop': (handle) => handle.signal(stopSignal),
};

describe.each(Object.entries(ways))('%s', (_title, stop) => {
  it('lets running steps finish, begins nothing new, and ends the run as stopped', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    await until(async () => (await lockOf(rehearsal).query(applyStatusQuery)).nodes.filter(isDone).length === 2);

    await stop(handle);
    await until(async () => (await lockOf(rehearsal).query(applyStatusQuery)).stopping);
    join.release();

    const result = await handle.result();
    expect(result).toMatchObject({ outcome: 'stopped' });
    expect(result.changes).toBeGreaterThan(0);
    expect(rehearsal.effects('kubeadm join')).toHaveLength(2);
    expect(rehearsal.world.things.managed.has('groundswell-nodes v1/Node//k8s-redis')).toBe(false);
    expect(deploymentsInOrder(rehearsal)).toEqual([]);

    const again = await rehearsal.rollOut({ approve: true });
    expect(await again.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
  });

  it('ends a run whose steps are parked', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['ap-northeast-2a: no capacity', 'ap-northeast-2c: no capacity'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await until(async () => (await parkedOf(rehearsal)).length === 3);

    await stop(handle);
    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
    expect(rehearsal.effects('RunInstances')).toEqual([]);
  });

  it('ends a run that waits for its approval, with nothing changed', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({});
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');

    await stop(handle);
    expect(await handle.result()).toMatchObject({ outcome: 'stopped', changes: 0 });
    expect(rehearsal.effects()).toEqual([]);
  });

  it('ends a run that waits for the lock, and leaves its holder alone', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const first = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    const second = await rehearsal.rollOut({ approve: true });
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');

    await stop(second);
    expect(await second.result()).toMatchObject({ outcome: 'stopped', changes: 0 });
    join.release();
    expect(await first.result()).toMatchObject({ outcome: 'done' });
  });
});

function isDone({ state }: { readonly state: string }): boolean {
  return state === 'done';
}
