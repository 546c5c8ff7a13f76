import { describe, expect, it } from 'vitest';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import { lockOf, parkedOf, resolve, statusOf, untilParked } from './locked.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

/** Somebody else ends the instance that a roll-out is about to use. */
function endInstance(rehearsal: SimulatedRehearsal, node: string): void {
  for (const instance of rehearsal.world.things.instances) {
    if (instance.node === node) instance.state = 'terminated';
  }
}

/** A run with an approved plan, parked where k8s-redis is prepared; then its instance is ended. */
async function aStaleRun() {
  const rehearsal = await aSimulatedRehearsal({
    spec: 'examples/three-nodes.yaml',
    faults: ['k8s-redis: prepare fails 99 times'],
  });
  const handle = await rehearsal.rollOut({});
  await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
  const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
  await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
  await untilParked(rehearsal, 'node/k8s-redis/prepared');
  endInstance(rehearsal, 'k8s-redis');
  return { rehearsal, handle };
}

describe('a plan that the world has left behind', () => {
  it('parks only the step concerned, is made anew, and goes on once it is approved by its own digest', async () => {
    const { rehearsal, handle } = await aStaleRun();
    await resolve(rehearsal, { step: 'node/k8s-redis/prepared', action: 'retry' });
    await until(async () => (await statusOf(rehearsal)).amended !== undefined);
    const before = await statusOf(rehearsal);
    expect(before.parked).toMatchObject([{ step: 'node/k8s-redis/prepared', failure: { type: 'InstanceGone' } }]);
    expect(before.nodes.filter(({ state }) => state === 'done' || state === 'untouched')).toHaveLength(2);
    const digest = before.amended?.digest ?? '';
    expect(digest).not.toBe(before.planDigest);
    expect(before.amended?.moved).toEqual(['node/k8s-redis/instance']);

    const approve = (given: string) =>
      lockOf(rehearsal).executeUpdate(approveUpdate, { args: [{ digest: given, by: 'lee' }] });
    expect(await refusalOf(approve(before.planDigest))).toBe(
      `plan ${before.planDigest} is not the plan that waits: expected ${digest}; look at the plan again`,
    );
    await approve(digest);
    await until(async () => (await statusOf(rehearsal)).planDigest === digest);
    expect(await refusalOf(approve(digest))).toBe('approve: no plan of this run waits for an approval');

    await handle.cancel();
    await handle.result();
  });
});

describe('a step whose instance has ended', () => {
  it('goes back to the instance and on from there, by the amended plan', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const init = rehearsal.gates.hold('k8s-master', 'init');
    const handle = await rehearsal.rollOut({});
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    const { planDigest = '' } = await handle.query(frontDoorStatusQuery);
    await handle.executeUpdate(approveUpdate, { args: [{ digest: planDigest, by: 'kim' }] });
    await until(() => init.reached());
    endInstance(rehearsal, 'k8s-redis');
    init.release();
    await until(async () => (await statusOf(rehearsal)).amended !== undefined);
    expect(await parkedOf(rehearsal)).toMatchObject([{ failure: { type: 'InstanceGone' } }]);

    const digest = (await statusOf(rehearsal)).amended?.digest ?? '';
    await lockOf(rehearsal).executeUpdate(approveUpdate, { args: [{ digest, by: 'lee' }] });
    // the plan that was carried out, not the one that was left behind
    expect(await handle.result()).toMatchObject({ outcome: 'done', planDigest: digest });
    const redis = rehearsal.world.things.instances.filter(({ node }) => node === 'k8s-redis');
    expect(redis.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(rehearsal.effects('RunInstances')).toHaveLength(4);
  });

  it('does so by itself where the run was started with approve: true', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const init = rehearsal.gates.hold('k8s-master', 'init');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => init.reached());
    endInstance(rehearsal, 'k8s-redis');
    init.release();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('RunInstances')).toHaveLength(4);
  });
});
