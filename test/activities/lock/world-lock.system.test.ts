import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asUnkindAsAws } from '../../../rehearsal/ec2-emulator/unkindness.js';
import { createAwsEc2Lock } from '../../../systems/ec2/aws-ec2-lock.js';
import {
  motoServer,
  motoSkipped,
  startEmulatedEc2,
  type EmulatedEc2,
} from '../../rehearsal/ec2-emulator/emulated-ec2.js';
import { temporalsOver, type FakeTemporal, type Locking } from './temporals.js';

describe.skipIf(motoServer === undefined)(`the lock in the world, at EC2${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let aTemporal: (name: string, ownServer?: string) => FakeTemporal;
  beforeAll(async () => {
    ec2 = await startEmulatedEc2(asUnkindAsAws());
    aTemporal = temporalsOver(createAwsEc2Lock(ec2.clients));
  });
  afterAll(() => ec2.close());

  const takeOf = (cluster: string) => (activities: Locking) => activities.takeWorldLock({ cluster, by: 'kim' });
  const leaveOf = (cluster: string) => (activities: Locking) => activities.leaveWorldLock({ cluster });

  it('goes to one of two Temporals that ask in the same second, and the other one says who has it', async () => {
    const names = ['one', 'two'];
    const asked = names.map((name) => aTemporal(name).inRun(`run of ${name}`, takeOf('same-second')));
    const outcomes = await Promise.allSettled(asked);

    const taken = outcomes.findIndex(({ status }) => status === 'fulfilled');
    const winner = names[taken] ?? 'neither';
    expect(outcomes[1 - taken]).toMatchObject({
      reason: { type: 'HeldElsewhere', message: expect.stringContaining(`run of ${winner} of cluster/same-second`) },
    });
  });

  it('is found again by the run that it names, after its worker was killed before it recorded anything', async () => {
    const { inRun } = aTemporal('one');
    const { id } = await inRun('killed', takeOf('killed'));
    await ec2.forget();

    expect(await inRun('killed', takeOf('killed'))).toEqual({ changed: false, id });
    expect(await ec2.ledger()).toEqual([]);
  });

  it('is taken although the answer to its creation is lost', async () => {
    ec2.faults.loseAnswer('CreateLaunchTemplate', 1);

    expect(await aTemporal('one').inRun('unheard', takeOf('unheard'))).toMatchObject({ id: expect.any(String) });
    expect(await aTemporal('one').inRun('unheard', leaveOf('unheard'))).toEqual({ changed: true });
  });

  it('is taken from a closed run of the same Temporal without a word, and not from an open one', async () => {
    const { inRun, open } = aTemporal('one');
    await inRun('terminated', takeOf('closed'));
    expect(await inRun('next', takeOf('closed'))).toMatchObject({ changed: true });

    open.add('next');
    await expect(inRun('third', takeOf('closed'))).rejects.toMatchObject({ type: 'ClusterBusy' });
  });

  it('goes to the next one after it was left, and is left once', async () => {
    const [one, two] = [aTemporal('one'), aTemporal('two')];
    await one.inRun('first', takeOf('left'));
    await ec2.forget();
    expect(await one.inRun('first', leaveOf('left'))).toEqual({ changed: true });
    expect(await one.inRun('first', leaveOf('left'))).toEqual({ changed: false });

    expect(await two.inRun('second', takeOf('left'))).toMatchObject({ changed: true });
    expect((await ec2.ledger()).map(({ effect }) => effect)).toEqual(['DeleteLaunchTemplate', 'CreateLaunchTemplate']);
  });
});
