import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noDurations } from '../../../rehearsal/simulated/durations.js';
import { createSimulatedEc2Lock } from '../../../rehearsal/simulated/ec2/simulated-ec2-lock.js';
import { createWorld } from '../../../rehearsal/simulated/world.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { Ec2Lock } from '../../../systems/ec2/ec2.js';
import { temporalsOver, type Locking } from './temporals.js';

const cluster = 'demo';
const take = (activities: Locking) => activities.takeWorldLock({ cluster, by: 'kim' });
const leave = (activities: Locking) => activities.leaveWorldLock({ cluster });

function anEc2() {
  const effects: string[] = [];
  const world = createWorld({ durations: noDurations, faults: [], onEffect: ({ effect }) => effects.push(effect) });
  return { world, effects, ec2Lock: createSimulatedEc2Lock(world) };
}

/** A system whose every call waits for its turn, before it is performed and before its answer arrives. */
function shuffled(scheduler: fc.Scheduler, system: Ec2Lock): Ec2Lock {
  const turn = (label: string): Promise<void> => scheduler.schedule(Promise.resolve(), label);
  const inTurn = async <Result>(label: string, perform: () => Promise<Result>): Promise<Result> => {
    await turn(`${label} arrives`);
    const result = await perform();
    await turn(`${label} is answered`);
    return result;
  };
  return {
    describeLock: (owner) => inTurn('describeLock', () => system.describeLock(owner)),
    createLock: (input) => inTurn('createLock', () => system.createLock(input)),
    deleteLock: (input) => inTurn('deleteLock', () => system.deleteLock(input)),
  };
}

function isRefusal(error: unknown): boolean {
  return error instanceof RolloutError && ['HeldElsewhere', 'AwsUnavailable'].includes(error.type);
}

describe('takeWorldLock', () => {
  it('lets one of three Temporals have a cluster at a time, in whatever order their calls arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { ec2Lock, world } = anEc2();
        const aTemporal = temporalsOver(shuffled(scheduler, ec2Lock));
        let [inside, most, turns] = [0, 0, 0];
        const rollOut = async (name: string): Promise<void> => {
          const { inRun } = aTemporal(name);
          try {
            await inRun(`run of ${name}`, take);
            most = Math.max(most, (inside += 1));
            turns += 1;
            await scheduler.schedule(Promise.resolve(), `${name} rolls out`);
            inside -= 1;
          } catch (error) {
            if (!isRefusal(error)) throw error;
          } finally {
            await inRun(`run of ${name}`, leave);
          }
        };
        await scheduler.waitFor(Promise.all(['one', 'two', 'three'].map(rollOut)));

        expect(most).toBe(1);
        expect(turns).toBeGreaterThan(0);
        expect([...world.things.locks]).toEqual([]);
      }),
    );
  });

  it('gives two attempts of one run the same lock, also while the first still goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { ec2Lock, effects } = anEc2();
        const { inRun } = temporalsOver(shuffled(scheduler, ec2Lock))('one');
        const taken = await scheduler.waitFor(Promise.all([inRun('run', take), inRun('run', take)]));

        expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
        expect(effects).toEqual(['CreateLaunchTemplate']);
      }),
    );
  });

  it('takes no cluster from the run that came after its own, when an attempt of a closed run comes late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { ec2Lock, world } = anEc2();
        const { inRun, open } = temporalsOver(shuffled(scheduler, ec2Lock))('one');
        open.add('second');
        const late = inRun('first', take).catch((error: unknown) => error);
        const second = inRun('second', take);
        await scheduler.waitFor(Promise.all([late, second]));

        expect(world.things.locks.get(cluster)).toMatchObject({ id: (await second).id, holder: { runId: 'second' } });
      }),
    );
  });

  it('takes it from an own server whose database was lost, and not from one that is only called the same', async () => {
    const aTemporal = temporalsOver(anEc2().ec2Lock);
    await aTemporal('before', 'server-1').inRun('lost', take);

    await expect(aTemporal('after').inRun('other', take)).rejects.toMatchObject({ type: 'HeldElsewhere' });
    await expect(aTemporal('after', 'server-2').inRun('other', take)).rejects.toMatchObject({ type: 'HeldElsewhere' });
    expect(await aTemporal('after', 'server-1').inRun('next', take)).toMatchObject({ changed: true });
  });

  it('lets one go on where two people type the lock of the same dead Temporal at the same moment', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { ec2Lock } = anEc2();
        const { id } = await temporalsOver(ec2Lock)('dead').inRun('dead', take);
        const aTemporal = temporalsOver(shuffled(scheduler, ec2Lock));
        const typed = (activities: Locking) => activities.takeWorldLock({ cluster, by: 'kim', takeOver: id });
        const both = ['one', 'two'].map((name) => aTemporal(name).inRun(name, typed));
        const outcomes = await scheduler.waitFor(Promise.allSettled(both));

        expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      }),
    );
  });

  it('takes exactly the lock that was typed, and none that was taken since', async () => {
    const aTemporal = temporalsOver(anEc2().ec2Lock);
    const { id } = await aTemporal('dead').inRun('dead', take);
    const typed = (activities: Locking) => activities.takeWorldLock({ cluster, by: 'kim', takeOver: id });

    expect(await aTemporal('one').inRun('one', typed)).toMatchObject({ changed: true });
    await expect(aTemporal('two').inRun('two', typed)).rejects.toMatchObject({
      type: 'HeldElsewhere',
      message: expect.stringContaining(`namespace default at one:7233 on laptop`),
    });
    await expect(aTemporal('dead').inRun('dead', take)).rejects.toMatchObject({ type: 'HeldElsewhere' });
  });
});

describe('leaveWorldLock', () => {
  it('leaves the lock of others alone, whether it knows the id of its own or not', async () => {
    const { ec2Lock, world } = anEc2();
    const aTemporal = temporalsOver(ec2Lock);
    const { id } = await aTemporal('one').inRun('one', take);
    await aTemporal('two').inRun('two', (activities) => activities.takeWorldLock({ cluster, by: 'lee', takeOver: id }));

    await aTemporal('one').inRun('one', (activities) => activities.leaveWorldLock({ cluster, id }));
    expect(await aTemporal('one').inRun('one', leave)).toEqual({ changed: false });
    expect(world.things.locks.get(cluster)).toMatchObject({ holder: { runId: 'two' } });
  });
});
