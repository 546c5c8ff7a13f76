import { describe, expect, it } from 'vitest';
import { pauseUpdate, resumeUpdate } from '../../workflows/contract/messages.js';
import { lockOf, statusOf } from './locked.js';
import { deploymentsInOrder } from './observed.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

const pauseInput = { reason: 'a demo runs', by: 'kim' };

function pause(rehearsal: SimulatedRehearsal, input: unknown = pauseInput) {
  return lockOf(rehearsal).executeUpdate<unknown, [unknown]>('pause', { args: [input] });
}

describe('pause', () => {
  it('begins no new step for as long as it lasts, lets running ones finish, and resume goes on', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const prepare = rehearsal.gates.hold('k8s-redis', 'prepare');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => prepare.reached());
    await until(async () => (await statusOf(rehearsal)).nodes.filter(({ state }) => state === 'done').length === 2);

    expect(await lockOf(rehearsal).executeUpdate(pauseUpdate, { args: [pauseInput] })).toMatchObject({
      paused: true,
      running: ['node k8s-redis', 'wave 0'],
    });
    prepare.release();
    await rehearsal.env.sleep('3 hours');
    expect(rehearsal.effects('kubeadm join')).toHaveLength(1);
    expect((await statusOf(rehearsal)).paused).toMatchObject(pauseInput);

    expect(await lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [pauseInput] })).toMatchObject({
      paused: false,
    });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join')).toHaveLength(2);
  });

  it('also holds for children that begin later', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    await pause(rehearsal);
    join.release();
    await rehearsal.env.sleep('1 hour');
    expect(deploymentsInOrder(rehearsal)).toEqual([]);

    await lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [pauseInput] });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });

  it('says who paused it already, and what it expects', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    const resume = () => lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [pauseInput] });

    expect(await refusalOf(pause(rehearsal, {}))).toBe('pause: expected {"reason", "by"}, each a text');
    expect(await refusalOf(pause(rehearsal, null))).toBe('pause: expected {"reason", "by"}, each a text');
    expect(await refusalOf(resume())).toBe('resume: the run is not paused');
    await pause(rehearsal);
    expect(await refusalOf(pause(rehearsal, { reason: 'lunch', by: 'lee' }))).toMatch(
      /^pause: kim already paused the run, at .* \(a demo runs\)$/,
    );

    join.release();
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  });
});
