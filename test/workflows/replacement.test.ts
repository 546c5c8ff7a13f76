import { describe, expect, it } from 'vitest';
import { aSettledRehearsal, editSpec, hostEffects, up } from './machines.js';
import { failureOf } from './refusal.js';
import type { SimulatedRehearsal } from './simulated-worker.js';

const anew = [
  'TerminateInstances k8s-redis',
  'RunInstances k8s-redis',
  'sshd new host key k8s-redis',
  'ansible prepare k8s-redis',
  'kubeadm join k8s-redis',
];

function stop({ world }: SimulatedRehearsal, name: string): void {
  for (const instance of world.things.instances) if (instance.node === name) instance.state = 'stopped';
}

describe('a host that has to be replaced', () => {
  it('whose instance was stopped is replaced, once, and no other host is touched', async () => {
    const rehearsal = await aSettledRehearsal();
    stop(rehearsal, 'k8s-redis');
    const before = rehearsal.effects().length;

    expect(await up(rehearsal)).toMatchObject({ outcome: 'done' });

    const effects = hostEffects(rehearsal, before);
    expect(effects.filter((effect) => !effect.endsWith('k8s-redis'))).toEqual([]);
    expect(effects.filter((effect) => anew.includes(effect))).toEqual(
      anew.filter((effect) => effects.includes(effect)),
    );
    expect(effects).toContain('kubeadm join k8s-redis');
    expect(rehearsal.world.things.instances.filter(({ node }) => node === 'k8s-redis')).toMatchObject([
      { generation: 1, state: 'terminated' },
      { generation: 2 },
    ]);
    expect(await up(rehearsal)).toMatchObject({ outcome: 'nothing to do' });
  });

  it('is replaced when a person asks for it, drained first, and not again by the run that waits behind it', async () => {
    const rehearsal = await aSettledRehearsal({ server: 'real' });

    const ends = await Promise.all([up(rehearsal, { replace: 'k8s-redis' }), up(rehearsal, { replace: 'k8s-redis' })]);

    expect(ends.map(({ outcome }) => outcome).toSorted()).toEqual(['done', 'nothing to do']);
    expect(rehearsal.effects('TerminateInstances')).toHaveLength(1);
  });

  it('is replaced with the reason that its disk was edited', async () => {
    const rehearsal = await aSettledRehearsal();
    await editSpec(rehearsal, (document) => {
      document.setIn(['nodes', 1, 'diskGiB'], 33);
    });

    expect(await up(rehearsal)).toMatchObject({ outcome: 'done' });

    expect(rehearsal.world.things.instances.at(-1)).toMatchObject({ node: 'k8s-redis', diskGiB: 33, generation: 2 });
  });

  it('is not replaced when the name is not one of a worker', async () => {
    const rehearsal = await aSettledRehearsal();

    expect(await failureOf(up(rehearsal, { replace: 'k8s-redi' }))).toMatchObject({
      type: 'InputInvalid',
      message: expect.stringContaining('did you mean k8s-redis?') as string,
    });
    expect((await failureOf(up(rehearsal, { replace: 'k8s-master' }))).message).toContain(
      'the only control plane is never replaced',
    );
  });
});
