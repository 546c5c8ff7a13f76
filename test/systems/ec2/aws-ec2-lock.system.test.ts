import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorldHolder } from '../../../model/facts/world-lock.js';
import { asUnkindAsAws } from '../../../rehearsal/ec2-emulator/unkindness.js';
import { createAwsEc2Lock } from '../../../systems/ec2/aws-ec2-lock.js';
import { tagsAtCreation } from '../../../systems/ec2/ownership-tags.js';
import { readAll } from '../../../systems/ec2/read-pages.js';
import {
  motoServer,
  motoSkipped,
  startEmulatedEc2,
  type EmulatedEc2,
} from '../../rehearsal/ec2-emulator/emulated-ec2.js';

const holder: WorldHolder = {
  namespaceId: '01a22024-dfa3-7428-a060-f3aaf9e02ee7',
  ownServer: 'server-1/default',
  place: 'namespace default at 127.0.0.1:7233 on laptop',
  runId: '0199-run',
  by: '김 <kim@example.com>',
};

describe.skipIf(motoServer === undefined)(`the lock of a cluster at EC2${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let lock: ReturnType<typeof createAwsEc2Lock>;
  beforeAll(async () => {
    ec2 = await startEmulatedEc2(asUnkindAsAws());
    lock = createAwsEc2Lock(ec2.clients);
  });
  afterAll(() => ec2.close());

  it('is made by one of five that ask at the same moment, and says who that is', async () => {
    const cluster = 'five';
    expect(await lock.describeLock({ cluster })).toBeUndefined();
    const runs = ['1', '2', '3', '4', '5'];
    const ids = await Promise.all(runs.map((runId) => lock.createLock({ cluster, holder: { ...holder, runId } })));

    const made = ids.findIndex((id) => id !== undefined);
    expect(ids.filter((id) => id !== undefined)).toHaveLength(1);
    expect(await lock.describeLock({ cluster })).toEqual({
      id: ids[made],
      since: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      holder: { ...holder, runId: runs[made] },
    });
  });

  it('is ended by its id only: the lock of who came after stays', async () => {
    const cluster = 'next';
    const first = (await lock.createLock({ cluster, holder })) ?? '';
    await lock.deleteLock({ cluster, id: first });
    const second = await lock.createLock({ cluster, holder });
    await lock.deleteLock({ cluster, id: first });

    expect(second).not.toBe(first);
    expect(await lock.describeLock({ cluster })).toMatchObject({ id: second });
  });

  it('is told as taken where the answer to its own creation was lost, and is listed then', async () => {
    const cluster = 'lost';
    // of the three attempts that the SDK makes, the first one is carried out
    ec2.faults.loseAnswer('CreateLaunchTemplate', 1);
    expect(await lock.createLock({ cluster, holder })).toBeUndefined();

    expect(await lock.describeLock({ cluster })).toMatchObject({ holder });
  });

  it('is gone also where the answer to its end was lost', async () => {
    const cluster = 'ended';
    const id = (await lock.createLock({ cluster, holder })) ?? '';
    ec2.faults.loseAnswer('DeleteLaunchTemplate', 1);
    await lock.deleteLock({ cluster, id });

    expect(await lock.describeLock({ cluster })).toBeUndefined();
  });

  it('is held by nobody that is known where its tags do not say by whom', async () => {
    const owner = { cluster: 'bare' };
    const name = 'groundswell-bare-lock';
    const TagSpecifications = tagsAtCreation(owner, { type: 'launch-template', name, at: new Date() });
    const given = { LaunchTemplateName: name, LaunchTemplateData: {}, TagSpecifications };
    await ec2.clients.repeating.send(new CreateLaunchTemplateCommand(given));

    expect(await lock.createLock({ ...owner, holder })).toBeUndefined();
    expect(await lock.describeLock(owner)).toEqual({ id: expect.stringMatching(/^lt-/), since: expect.any(String) });
  });

  it('is not ours where somebody else has a launch template of its name, which is left alone', async () => {
    const { repeating } = ec2.clients;
    const LaunchTemplateName = 'groundswell-foreign-lock';
    await repeating.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData: {} }));

    await expect(lock.createLock({ cluster: 'foreign', holder })).rejects.toMatchObject({
      type: 'AwsRefused',
      message: expect.stringMatching(/^launch template groundswell-foreign-lock \(lt-\w+\): expected none, or ours/),
    });
    const named = [{ Name: 'launch-template-name', Values: [LaunchTemplateName] }];
    expect(await readAll.launchTemplates(ec2.clients, named)).toHaveLength(1);
  });
});
