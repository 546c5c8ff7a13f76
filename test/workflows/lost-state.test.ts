import { describe, expect, it } from 'vitest';
import { failureOf } from './refusal.js';
import { parkedOf, untilParked } from './locked.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';

/** A cluster of three nodes whose only control plane is ended afterwards. */
async function aLostCluster(): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
  const handle = await rehearsal.rollOut({ approve: true });
  expect(await handle.result()).toMatchObject({ outcome: 'done' });
  for (const instance of rehearsal.world.things.instances) {
    if (instance.node === 'k8s-master') instance.state = 'terminated';
  }
  return rehearsal;
}

describe('a cluster whose only control plane is gone', () => {
  it.each([{ approve: true }, { approve: true, confirm: 'k8s-redis' }])(
    'is not quietly replaced by an empty one: %o',
    async (input) => {
      const rehearsal = await aLostCluster();
      const before = rehearsal.effects();

      const handle = await rehearsal.rollOut(input, 'again');

      expect(await failureOf(handle.result())).toMatchObject({
        type: 'StateLost',
        message: expect.stringContaining('expected {"confirm": "k8s-master"}'),
      });
      expect(rehearsal.effects()).toEqual(before);
    },
  );

  it('is made anew when the name was typed; its old workers are not reset, and park', async () => {
    const rehearsal = await aLostCluster();

    const handle = await rehearsal.rollOut({ approve: true, confirm: 'k8s-master' }, 'again');
    await untilParked(rehearsal, 'node/k8s-redis/join', 'node/k8s-api-auth/join');

    expect((await parkedOf(rehearsal)).map(({ failure }) => failure?.type)).toEqual(['NodeNotReady', 'NodeNotReady']);
    expect(rehearsal.effects().filter(({ effect }) => effect === 'kubeadm join')).toHaveLength(2);
    await handle.cancel();
    await handle.result();
  });
});
