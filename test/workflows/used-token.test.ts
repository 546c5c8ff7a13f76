import { describe, expect, it } from 'vitest';
import { aSimulatedRehearsal } from './simulated-worker.js';

describe('a node whose ended instance EC2 has forgotten, but not its token', () => {
  it('is made anew by up: the used generation is passed over, and nothing parks', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    expect(await (await rehearsal.rollOut({ approve: true }, 'first')).result()).toMatchObject({ outcome: 'done' });
    const { instances, forgotten } = rehearsal.world.things;
    const ended = instances.find(({ node }) => node === 'k8s-redis');
    if (ended === undefined) throw new Error('k8s-redis has no instance');
    ended.state = 'terminated';
    forgotten.add(ended.id);

    expect(await (await rehearsal.rollOut({ approve: true }, 'again')).result()).toMatchObject({ outcome: 'done' });
    expect(instances.filter(({ node }) => node === 'k8s-redis').map(({ generation }) => generation)).toEqual([1, 2]);
    expect(await (await rehearsal.rollOut({ approve: true }, 'once more')).result()).toMatchObject({
      outcome: 'nothing to do',
    });
  });
});
