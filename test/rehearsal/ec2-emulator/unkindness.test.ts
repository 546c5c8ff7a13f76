import { describe, expect, it } from 'vitest';
import { ec2Refusal, type Ec2Answer, type Ec2Call } from '../../../rehearsal/ec2-emulator/ec2-message.js';
import { beUnkind, type Unkindness } from '../../../rehearsal/ec2-emulator/unkindness.js';

function call(Action: string, parameters: Readonly<Record<string, string>> = {}): Ec2Call {
  const form = new URLSearchParams({ Action, ...parameters });
  return { method: 'POST', path: '/', headers: {}, body: form.toString(), action: Action, form };
}

function answer(body: string): Ec2Answer {
  return { status: 200, contentType: 'text/xml', body };
}

/** An EC2 of one VPC with a route to nowhere and one instance, kind to everybody but for `unkindness`. */
function anEc2(unkindness: Unkindness) {
  const ec2 = { vpcs: [] as string[], instanceState: 'terminated', listed: '', passed: [] as string[] };
  const kind = (asked: Ec2Call): Promise<Ec2Answer> => {
    ec2.passed.push(asked.action);
    return Promise.resolve(answer(given(asked)));
  };
  function given({ action }: Ec2Call): string {
    if (action === 'CreateVpc') {
      ec2.vpcs.push('vpc-1');
      return '<CreateVpcResponse><vpc><vpcId>vpc-1</vpcId></vpc></CreateVpcResponse>';
    }
    if (action === 'DescribeInstances') {
      const tags = '<tagSet><item><key>a</key><value>b</value></item></tagSet>';
      const state = `<instanceState><name>${ec2.instanceState}</name></instanceState>`;
      const instance = `<item><instanceId>i-1</instanceId>${state}${tags}</item>`;
      return `<R><reservationSet><item><instancesSet>${instance}</instancesSet></item></reservationSet></R>`;
    }
    const items = ec2.vpcs.map((id) => `<item><vpcId>${id}</vpcId></item>`).join('');
    return action === 'DescribeVpcs' ? `<R><vpcSet>${items}</vpcSet></R>` : `<R>${ec2.listed}</R>`;
  }
  const ask = beUnkind({ answer: kind, send: kind }, unkindness);
  const send = (action: string, parameters?: Readonly<Record<string, string>>): Promise<Ec2Answer> =>
    ask(call(action, parameters));
  return { ...ec2, passed: ec2.passed, send, state: ec2 };
}

const address = '<association><publicIp>203.0.113.7</publicIp></association>';
const anInterface = `<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>${address}</item></networkInterfaceSet>`;
const aGateway = '<internetGatewaySet><item><internetGatewayId>igw-1</internetGatewayId></item></internetGatewaySet>';
function aGroup(id: string, name: string): string {
  return `<securityGroupInfo><item><groupId>${id}</groupId><groupName>${name}</groupName></item></securityGroupInfo>`;
}

const byTag = { 'Filter.1.Name': 'tag:a', 'Filter.1.Value.1': 'b' };

describe('beUnkind', () => {
  it('changes nothing when nothing is asked for', async () => {
    const { send } = anEc2({});
    await send('CreateVpc');

    expect((await send('DescribeVpcs')).body).toContain('vpc-1');
    expect((await send('CreateSubnet', { VpcId: 'vpc-1' })).status).toBe(200);
  });

  it('shows what was made only after so many answers, and what was changed as it was', async () => {
    const { send } = anEc2({ staleReads: 2 });
    await send('CreateVpc');
    const shown = async (): Promise<boolean> => (await send('DescribeVpcs')).body.includes('vpc-1');

    expect([await shown(), await shown(), await shown()]).toEqual([false, false, true]);
  });

  it('shows an instance as running for so many answers after it was ended', async () => {
    const { send, state } = anEc2({ staleReads: 1 });
    state.instanceState = 'running';
    await send('DescribeInstances');
    state.instanceState = 'terminated';
    await send('TerminateInstances', { 'InstanceId.1': 'i-1' });

    expect((await send('DescribeInstances')).body).toContain('running');
    expect((await send('DescribeInstances')).body).toContain('terminated');
  });

  it('refuses the first call of each action that names what was just made, and no thing that was there', async () => {
    const { send } = anEc2({ lateNames: 1 });
    await send('CreateVpc');
    const late = ec2Refusal(400, 'InvalidVpcID.NotFound', "The VpcId 'vpc-1' does not exist");

    expect(await send('CreateSubnet', { VpcId: 'vpc-1' })).toEqual(late);
    expect((await send('CreateSubnet', { VpcId: 'vpc-1' })).status).toBe(200);
    expect(await send('CreateRouteTable', { VpcId: 'vpc-1' })).toEqual(late);
    expect((await send('CreateSubnet', { VpcId: 'vpc-old' })).status).toBe(200);
  });

  it('says that a route and the gateway that was just attached belong to different networks', async () => {
    const { send } = anEc2({ lateAttachments: 1 });
    const route = { RouteTableId: 'rtb-1', GatewayId: 'igw-1' };
    await send('AttachInternetGateway', { InternetGatewayId: 'igw-1', VpcId: 'vpc-1' });

    const refused = await send('CreateRoute', route);

    expect(refused.body).toContain('<Code>InvalidParameterValue</Code>');
    expect(refused.body).toContain('route table rtb-1 and network gateway igw-1 belong to different networks');
    expect((await send('CreateRoute', route)).status).toBe(200);
  });

  it('gives an empty page with a token first, for what EC2 gives in pages', async () => {
    const { send, passed } = anEc2({ emptyPages: true });
    await send('CreateVpc');

    const first = await send('DescribeVpcs');
    expect(first.body).not.toContain('vpc-1');
    const token = /<nextToken>(.+)<\/nextToken>/.exec(first.body)?.[1] ?? '';
    expect((await send('DescribeVpcs', { NextToken: token })).body).toContain('vpc-1');
    expect((await send('DescribeKeyPairs')).body).not.toContain('nextToken');
    expect(passed).toEqual(['CreateVpc', 'DescribeVpcs', 'DescribeKeyPairs']);
  });

  it('lists what is gone for so many more answers to the same question, and never to another', async () => {
    const { send, state } = anEc2({ lateRemovals: 2 });
    await send('CreateVpc');
    await send('DescribeVpcs', byTag);
    state.vpcs.splice(0);
    const shown = async (): Promise<boolean> => (await send('DescribeVpcs', byTag)).body.includes('vpc-1');

    expect((await send('DescribeVpcs')).body).not.toContain('vpc-1');
    expect([await shown(), await shown(), await shown()]).toEqual([true, true, false]);
  });

  it('refuses so many deletions of the subnet and the group that an instance was launched in', async () => {
    const { send } = anEc2({ lateInterfaces: 1 });
    await send('RunInstances', { SubnetId: 'subnet-1', 'SecurityGroupId.1': 'sg-1' });

    for (const [action, parameter, id] of [
      ['DeleteSubnet', 'SubnetId', 'subnet-1'],
      ['DeleteSecurityGroup', 'GroupId', 'sg-1'],
    ] as const) {
      expect((await send(action, { [parameter]: id })).body).toContain('<Code>DependencyViolation</Code>');
      expect((await send(action, { [parameter]: id })).status).toBe(200);
      expect((await send(action, { [parameter]: `${id}0` })).status).toBe(200);
    }
  });

  it.each([
    ['a subnet with an interface', 'DeleteSubnet', { SubnetId: 'subnet-1' }, anInterface],
    ['a group with an interface', 'DeleteSecurityGroup', { GroupId: 'sg-1' }, anInterface],
    ['a group that another refers to', 'DeleteSecurityGroup', { GroupId: 'sg-1' }, aGroup('sg-2', 'theirs')],
    ['a gateway while there are public addresses', 'DetachInternetGateway', { VpcId: 'vpc-1' }, anInterface],
    ['a VPC with a group', 'DeleteVpc', { VpcId: 'vpc-1' }, aGroup('sg-1', 'ours')],
    ['a VPC with a gateway', 'DeleteVpc', { VpcId: 'vpc-1' }, aGateway],
  ])('does not delete %s', async (_, action, parameters, listed) => {
    const { send, passed, state } = anEc2({ dependencies: true });
    state.listed = listed;

    expect((await send(action, parameters)).body).toContain('<Code>DependencyViolation</Code>');
    expect(passed).not.toContain(action);
    state.listed = '';
    expect((await send(action, parameters)).status).toBe(200);
  });

  it.each([
    ['a group that refers to itself', 'DeleteSecurityGroup', { GroupId: 'sg-1' }, aGroup('sg-1', 'ours')],
    ['a VPC with the group that AWS made', 'DeleteVpc', { VpcId: 'vpc-1' }, aGroup('sg-1', 'default')],
  ])('deletes %s', async (_, action, parameters, listed) => {
    const { send, state } = anEc2({ dependencies: true });
    state.listed = listed;

    expect((await send(action, parameters)).status).toBe(200);
  });

  it('limits each action by a bucket of its own, which fills with the clock', async () => {
    let nowMs = 0;
    const { send } = anEc2({ bucketClock: () => nowMs });
    const launches = async (times: number): Promise<number> => {
      const all = await Promise.all(Array.from({ length: times }, () => send('RunInstances')));
      return all.filter(({ status }) => status === 200).length;
    };

    expect(await launches(8)).toBe(5);
    expect((await send('RunInstances')).body).toContain('RequestLimitExceeded');
    expect((await send('CreateVpc')).status).toBe(200);
    nowMs += 1_000;
    expect(await launches(8)).toBe(2);
    nowMs += 60_000;
    expect(await launches(8)).toBe(5);
  });

  it('gives reads without a filter the smaller bucket that EC2 has for them', async () => {
    const { send } = anEc2({ bucketClock: () => 0 });
    const reads = async (filter: Readonly<Record<string, string>>): Promise<number> => {
      const all = await Promise.all(Array.from({ length: 120 }, () => send('DescribeInstances', filter)));
      return all.filter(({ status }) => status === 200).length;
    };

    expect([await reads(byTag), await reads({})]).toEqual([100, 50]);
  });

  it('takes the tags of an ended instance away, and later the instance', async () => {
    const { send } = anEc2({ forgetEnded: { tagsForAnswers: 2, entryForAnswers: 4 } });
    const seen: string[] = [];
    for (let look = 0; look < 5; look += 1) {
      const { body } = await send('DescribeInstances', look === 2 ? byTag : {});
      seen.push(!body.includes('i-1') ? 'nothing' : body.includes('tagSet') ? 'all' : 'no tags');
    }

    expect(seen).toEqual(['all', 'all', 'nothing', 'no tags', 'nothing']);
    const gone = await send('TerminateInstances', { 'InstanceId.1': 'i-1' });
    expect(gone.body).toContain('<Code>InvalidInstanceID.NotFound</Code>');
  });

  it('removes the default VPC before the first call is answered, and asks for it once', async () => {
    const { send, passed } = anEc2({ noDefaultVpc: true });
    await Promise.all([send('DescribeKeyPairs'), send('DescribeKeyPairs')]);

    expect(passed).toEqual(['DescribeVpcs', 'DescribeKeyPairs', 'DescribeKeyPairs']);
  });
});
