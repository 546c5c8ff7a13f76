import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeInstanceStatusCommand,
  DescribeVpcsCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType,
  type Instance,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startEc2Emulator } from '../../../rehearsal/ec2-emulator/ec2-emulator.js';
import { endMoto } from '../../../rehearsal/ec2-emulator/moto-backend.js';
import { motoServer, motoSkipped, startEmulatedEc2, type EmulatedEc2 } from './emulated-ec2.js';

describe.skipIf(motoServer === undefined)(`startEc2Emulator${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let subnetA = '';
  let subnetC = '';

  beforeAll(async () => {
    ec2 = await startEmulatedEc2();
    const vpc = await ec2.clients.once.send(new CreateVpcCommand({ CidrBlock: '198.18.77.0/24' }));
    const VpcId = vpc.Vpc?.VpcId;
    const subnet = async (CidrBlock: string, AvailabilityZone: string): Promise<string> => {
      const created = await ec2.clients.once.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
      return created.Subnet?.SubnetId ?? '';
    };
    subnetA = await subnet('198.18.77.0/26', 'ap-northeast-2a');
    subnetC = await subnet('198.18.77.64/26', 'ap-northeast-2c');
  });
  afterAll(() => ec2.close());

  async function run(input: Partial<RunInstancesCommandInput> = {}): Promise<Instance> {
    const { Instances } = await ec2.clients.repeating.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ImageId: 'ami-0de6a12000000000a',
        InstanceType: 't3.micro',
        SubnetId: subnetA,
        UserData: Buffer.from('#cloud-config\n').toString('base64'),
        ...input,
      }),
    );
    if (Instances?.[0] === undefined) throw new Error('no instance in the answer');
    return Instances[0];
  }
  async function describeOne(id: string | undefined): Promise<Instance | undefined> {
    const { Reservations } = await ec2.clients.repeating.send(
      new DescribeInstancesCommand({ Filters: [{ Name: 'instance-id', Values: [id ?? ''] }] }),
    );
    return Reservations?.[0]?.Instances?.[0];
  }
  async function becomes(id: string | undefined, state: string): Promise<Instance | undefined> {
    return vi.waitFor(
      async () => {
        const instance = await describeOne(id);
        expect(instance?.State?.Name).toBe(state);
        return instance;
      },
      { timeout: 20_000, interval: 50 },
    );
  }

  it('shows an instance as pending, boots its host, then shows it as running', async () => {
    const Tags = [{ Key: 'groundswell.dev/node', Value: 'k8s-redis' }];
    const launched = await run({ TagSpecifications: [{ ResourceType: 'instance', Tags }] });

    expect(launched.State?.Name).toBe('pending');
    await becomes(launched.InstanceId, 'running');
    expect(ec2.booted.find(({ id }) => id === launched.InstanceId)).toEqual({
      id: launched.InstanceId,
      node: 'k8s-redis',
      address: launched.PrivateIpAddress,
      memoryMiB: 1_024,
      userData: '#cloud-config\n',
    });
  });

  it('gives addresses inside the subnet, none twice and none that EC2 reserves', async () => {
    const launched = [await run(), await run({ SubnetId: subnetC })];
    const addresses = launched.map(({ PrivateIpAddress }) => PrivateIpAddress);

    expect(addresses[0]).toMatch(/^198\.18\.77\.([4-9]|[1-5]\d|6[0-2])$/);
    expect(addresses[1]).toBe('198.18.77.68');
    expect(new Set(ec2.booted.map(({ address }) => address)).size).toBe(ec2.booted.length);
  });

  it('gives the first instance again for the same token, and writes one effect', async () => {
    const ClientToken = 'token-same';
    const [first, ...others] = await Promise.all([run({ ClientToken }), run({ ClientToken }), run({ ClientToken })]);

    expect(others.map(({ InstanceId }) => InstanceId)).toEqual([first.InstanceId, first.InstanceId]);
    expect((await ec2.ledger()).filter(({ key }) => key === ClientToken)).toHaveLength(1);
  });

  it('refuses the same token with other parameters', async () => {
    await run({ ClientToken: 'token-changed' });

    await expect(run({ ClientToken: 'token-changed', InstanceType: 't3.small' })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatch',
    });
  });

  it('keeps tokens per zone: the same one in another zone is a second instance', async () => {
    const first = await run({ ClientToken: 'token-zone' });
    const second = await run({ ClientToken: 'token-zone', SubnetId: subnetC });

    expect(second.InstanceId).not.toBe(first.InstanceId);
  });

  it('refuses the token of a terminated instance, and ends its host once', async () => {
    const launched = await run({ ClientToken: 'token-ended' });
    const InstanceIds = [launched.InstanceId ?? ''];
    await becomes(launched.InstanceId, 'running');

    const ended = await ec2.clients.repeating.send(new TerminateInstancesCommand({ InstanceIds }));
    await ec2.clients.repeating.send(new TerminateInstancesCommand({ InstanceIds }));

    expect(ended.TerminatingInstances?.[0]?.CurrentState?.Name).toBe('shutting-down');
    await expect(run({ ClientToken: 'token-ended' })).rejects.toMatchObject({ name: 'IdempotentInstanceTerminated' });
    const gone = await becomes(launched.InstanceId, 'terminated');
    expect(gone?.PrivateIpAddress).toBeUndefined();
    expect(gone?.StateReason?.Code).toBe('Client.UserInitiatedShutdown');
    expect(ec2.hostEvents.filter((event) => event === `terminate ${InstanceIds[0] ?? ''}`)).toHaveLength(1);
    const effects = (await ec2.ledger()).filter(({ key }) => key === InstanceIds[0]);
    expect(effects.map(({ effect }) => effect)).toEqual(['TerminateInstances']);
  });

  it('stops and starts a host with its instance, and never starts an ended one', async () => {
    const { InstanceId } = await run();
    const InstanceIds = [InstanceId ?? ''];
    await becomes(InstanceId, 'running');

    await ec2.clients.repeating.send(new StopInstancesCommand({ InstanceIds }));
    await becomes(InstanceId, 'stopped');
    await ec2.clients.repeating.send(new StartInstancesCommand({ InstanceIds }));
    await becomes(InstanceId, 'running');
    await ec2.clients.repeating.send(new TerminateInstancesCommand({ InstanceIds }));
    await becomes(InstanceId, 'terminated');

    await expect(ec2.clients.repeating.send(new StartInstancesCommand({ InstanceIds }))).rejects.toMatchObject({
      name: 'IncorrectInstanceState',
    });
    const events = ec2.hostEvents.filter((event) => event.endsWith(InstanceIds[0] ?? ''));
    expect(events.map((event) => event.split(' ')[0])).toEqual(['boot', 'stop', 'start', 'terminate']);
  });

  it('filters by the states that it shows, not by those of moto', async () => {
    const { InstanceId } = await run();
    const byState = async (...Values: string[]): Promise<readonly (string | undefined)[]> => {
      const Filters = [
        { Name: 'instance-state-name', Values },
        { Name: 'subnet-id', Values: [subnetA] },
      ];
      const { Reservations } = await ec2.clients.repeating.send(new DescribeInstancesCommand({ Filters }));
      return (Reservations ?? []).flatMap(({ Instances }) => (Instances ?? []).map((each) => each.InstanceId));
    };

    expect(await byState('pending')).toContain(InstanceId);
    await becomes(InstanceId, 'running');
    expect(await byState('pending')).not.toContain(InstanceId);
    expect(await byState('pending', 'running')).toContain(InstanceId);
    const { InstanceStatuses } = await ec2.clients.repeating.send(new DescribeInstanceStatusCommand({}));
    expect(InstanceStatuses?.map((each) => each.InstanceId)).toContain(InstanceId);
  });

  it('terminates an instance whose launch is to fail, and boots no host for it', async () => {
    ec2.faults.failLaunch('k8s-doomed', 'Client.VolumeLimitExceeded');
    const Tags = [{ Key: 'groundswell.dev/node', Value: 'k8s-doomed' }];
    const { InstanceId } = await run({ TagSpecifications: [{ ResourceType: 'instance', Tags }] });

    expect((await becomes(InstanceId, 'terminated'))?.StateReason?.Code).toBe('Client.VolumeLimitExceeded');
    expect(ec2.hostEvents).not.toContain('boot k8s-doomed');
  });

  it('refuses what it does not know: image, type, key pair', async () => {
    await expect(run({ ImageId: 'ami-0123456789abcdef0' })).rejects.toMatchObject({ name: 'InvalidAMIID.NotFound' });
    await expect(run({ InstanceType: anyType('t9.tiny') })).rejects.toMatchObject({
      name: expect.stringMatching(/^Invalid/),
    });
    await expect(run({ KeyName: 'nobodys' })).rejects.toMatchObject({ name: 'InvalidKeyPair.NotFound' });
  });

  it('writes no line for reads, refusals and dry runs, and makes nothing in a dry run', async () => {
    const before = await ec2.ledger();
    const vpcs = async (): Promise<number> =>
      (await ec2.clients.repeating.send(new DescribeVpcsCommand({}))).Vpcs?.length ?? 0;
    const vpcsBefore = await vpcs();

    const dryRun = ec2.clients.once.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true }));
    await expect(dryRun).rejects.toMatchObject({ name: 'DryRunOperation' });
    await expect(run({ DryRun: true })).rejects.toMatchObject({ name: 'DryRunOperation' });
    await expect(run({ SubnetId: 'subnet-nobodys' })).rejects.toMatchObject({ name: 'InvalidSubnetID.NotFound' });

    expect(await vpcs()).toBe(vpcsBefore);
    expect(await ec2.ledger()).toEqual(before);
  });

  it('ends the moto that a killed emulator left in the same folder', async () => {
    const first = await startEmulatedEc2();
    const second = await startEc2Emulator({
      motoServer: motoServer ?? '',
      dir: first.dir,
      port: 0,
      ledger: `${first.dir}/ledger.ndjson`,
      hosts: { boot: done, terminate: done, stop: done, start: done },
    });

    expect(() => process.kill(first.emulator.motoPid, 0)).toThrow('ESRCH');
    await second.close();
    expect(() => process.kill(second.motoPid, 0)).toThrow('ESRCH');
    await first.close();
  });

  it('can be rid of its moto from outside, when it was killed itself', async () => {
    const killed = await startEmulatedEc2();

    await endMoto(killed.dir);

    expect(() => process.kill(killed.emulator.motoPid, 0)).toThrow('ESRCH');
    await killed.close();
  });
});

function done(): Promise<void> {
  return Promise.resolve();
}

/** A type that the SDK does not know. */
function anyType(name: string): _InstanceType {
  const isType = (text: string): text is _InstanceType => text !== '';
  if (!isType(name)) throw new Error('empty');
  return name;
}
