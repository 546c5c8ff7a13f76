import { describe, expect, it } from 'vitest';
import {
  applyStatusQuery,
  frontDoorStatusQuery,
  nodeStatusQuery,
  stopSignal,
  stopUpdate,
} from '../../workflows/contract/message-definitions.js';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import { lockOf, parkedOf, statusOf } from './locked.js';
import { deploymentsInOrder } from './observed.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until, type FrontDoorHandle } from './simulated-worker.js';

const ways: Readonly<Record<string, (handle: FrontDoorHandle) => Promise<unknown>>> = {
  'Cancel of the front door': (handle) => handle.cancel(),
  'the signal stop': (handle) => handle.signal(stopSignal, undefined),
  'the update stop': (handle) => handle.executeUpdate(stopUpdate, { args: [{ by: 'kim', reason: 'lunch' }] }),
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

describe('stop with now', () => {
  it('lets go of what runs, waits until it has ended, says what exists, and the next run finishes it', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', server: 'real' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    await until(async () => (await statusOf(rehearsal)).nodes.filter(isDone).length === 2);

    const { running } = await lockOf(rehearsal).executeUpdate(stopUpdate, {
      args: [{ now: true, by: 'kim', reason: 'wrong region' }],
    });
    expect(running).toContain('node k8s-redis');
    expect(await handle.result()).toMatchObject({
      outcome: 'stopped',
      stoppedBy: { now: true, by: 'kim', reason: 'wrong region' },
      standing: { ready: 2, nodes: 3, unfinished: ['k8s-redis'], wavesDone: [] },
    });
    expect(rehearsal.effects('kubeadm join')).toHaveLength(1);
    const status = await rehearsal.client.getHandle(nodeWorkflowId('three', 'k8s-redis')).query(nodeStatusQuery);
    expect(status.steps.find(({ step }) => step === 'node/k8s-redis/join')).toMatchObject({ state: 'stopped' });

    join.release();
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
  });

  it('after a stop that waits for a running step lets go of that too', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', server: 'real' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    await handle.signal(stopSignal, { by: 'kim' });
    await until(async () => (await statusOf(rehearsal)).stopping);

    await handle.signal(stopSignal, { now: true, by: 'lee' });
    expect(await handle.result()).toMatchObject({ outcome: 'stopped', stoppedBy: { now: true } });
  });

  it('is refused with a sentence where it cannot be read', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const prepare = rehearsal.gates.hold('k8s-redis', 'prepare');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => prepare.reached());
    const expected = 'stop: expected {"now": true or false, "reason", "by"}, or nothing';
    for (const id of [handle.workflowId, 'cluster/three']) {
      const stop = (how: unknown) =>
        rehearsal.client.getHandle(id).executeUpdate<unknown, [unknown]>('stop', { args: [how] });
      expect(await refusalOf(stop({ now: 'yes' }))).toBe(expected);
      expect(await refusalOf(stop('now'))).toBe(expected);
    }
    prepare.release();
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });
});

function isDone({ state }: { readonly state: string }): boolean {
  return state === 'done';
}
