import { describe, expect, it } from 'vitest';
import { noDurations } from '../../../../rehearsal/simulated/durations.js';
import { createEc2Parts, type Ec2Parts } from '../../../../rehearsal/simulated/ec2/ec2-parts.js';
import { createSimulatedNetwork } from '../../../../rehearsal/simulated/ec2/simulated-network.js';
import { createWorld, type Effect } from '../../../../rehearsal/simulated/world.js';

function anEc2() {
  const effects: Effect[] = [];
  const parts = createEc2Parts(
    createWorld({ durations: noDurations, faults: [], onEffect: (effect) => effects.push(effect) }),
  );
  return { parts, verbs: () => effects.map(({ effect }) => effect) };
}

function networkOf(parts: Ec2Parts) {
  const nothing = () => Promise.resolve(undefined);
  return createSimulatedNetwork({
    parts: () => parts,
    keyPairName: nothing,
    instances: () => Promise.resolve([]),
    lock: nothing,
  });
}

const vpc = { kind: 'vpc', cluster: 'test', created: '2026-01-01T00:00:00Z' } as const;

describe("the simulated EC2's things without a ClientToken", () => {
  it('are made twice when they are asked for twice', async () => {
    const { parts, verbs } = anEc2();
    expect(await parts.create(vpc)).not.toBe(await parts.create(vpc));
    expect(verbs()).toEqual(['CreateVpc', 'CreateVpc']);
  });

  it('are refused where EC2 itself refuses them: a range or a group name twice, a second gateway, a VPC in use', async () => {
    const { parts } = anEc2();
    const vpcId = await parts.create(vpc);
    const inVpc = { cluster: 'test', created: vpc.created, vpcId };
    await parts.create({ ...inVpc, kind: 'subnet', zone: 'a', cidr: '10.0.0.0/20' });
    await parts.create({ ...inVpc, kind: 'security-group' });
    const [first, second] = [
      await parts.create({ ...inVpc, kind: 'internet-gateway' }),
      await parts.create({ ...inVpc, kind: 'internet-gateway' }),
    ];
    await parts.complete(first);

    await expect(parts.create({ ...inVpc, kind: 'subnet', zone: 'a', cidr: '10.0.0.0/20' })).rejects.toThrow(
      'Conflict',
    );
    await expect(parts.create({ ...inVpc, kind: 'security-group' })).rejects.toThrow('InvalidGroup.Duplicate');
    await expect(parts.complete(second)).rejects.toThrow('Resource.AlreadyAssociated');
    await expect(parts.remove(vpcId)).rejects.toThrow('DependencyViolation');
  });

  it('let in whom the spec names: a range that is taken out is surplus until the group is made anew', async () => {
    const { parts } = anEc2();
    const network = networkOf(parts);
    const vpcId = await network.createPart('vpc', { cluster: 'test', cidr: '10.0.0.0/16' });
    const [office, world] = ['203.0.113.0/24', '0.0.0.0/0'];
    const narrow = { cluster: 'test', allowedCidrs: [office] };
    const id = await network.createPart('security-group', { cluster: 'test', vpcId, allowedCidrs: [office, world] });

    const seen = await network.describeNetwork(narrow);
    expect(seen.surplusRules).toEqual(['22 from 0.0.0.0/0', '6443 from 0.0.0.0/0']);
    expect(seen.securityGroupId).toBeUndefined();

    expect(await network.createPart('security-group', { ...narrow, vpcId })).toBe(id);
    const after = await network.describeNetwork(narrow);
    expect(after.securityGroupId).toBe(id);
    expect(after.surplusRules).toBeUndefined();
    expect((await network.describeNetwork({ cluster: 'test', allowedCidrs: [world] })).securityGroupId).toBeUndefined();
  });

  it('end as one when two make them at the same time', async () => {
    const { parts, verbs } = anEc2();
    const network = networkOf(parts);
    const input = { cluster: 'test', cidr: '10.0.0.0/16' };

    const ids = await Promise.all([network.createPart('vpc', input), network.createPart('vpc', input)]);

    expect(new Set(ids).size).toBe(1);
    expect(verbs().toSorted()).toEqual(['CreateVpc', 'CreateVpc', 'DeleteVpc']);
    expect(await network.describeNetwork({ cluster: 'test' })).toMatchObject({ vpcId: ids[0] });
  });
});
