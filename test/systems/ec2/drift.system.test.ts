import {
  AuthorizeSecurityGroupIngressCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DeleteRouteCommand,
  DeleteTagsCommand,
  DescribeInstancesCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeTagsCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  ModifySubnetAttributeCommand,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesOf } from '../../../model/plan/plan.js';
import { RolloutError } from '../../../model/rollout-error.js';
import { createAwsEc2Compute } from '../../../systems/ec2/aws-ec2-compute.js';
import { createAwsEc2Network } from '../../../systems/ec2/aws-ec2-network.js';
import { publicKeyOf } from '../../../systems/ssh/public-key.js';
import { createHostIdentity } from '../../../systems/ssh/host-identity.js';
import { aNode, aPlan, aSpec, settledFacts } from '../../builders.js';
import {
  motoServer,
  motoSkipped,
  startEmulatedEc2,
  type EmulatedEc2,
} from '../../rehearsal/ec2-emulator/emulated-ec2.js';

const spec = aSpec({
  network: {
    ...aSpec().network,
    vpcCidr: '198.18.79.0/24',
    subnets: [{ zone: 'ap-northeast-2a', cidr: '198.18.79.0/26' }],
  },
  nodes: [aNode({ name: 'k8s-master', role: 'control-plane', instanceTypes: ['t3.large'] })],
});
const fingerprint = 'f'.repeat(16);
const owner = { cluster: spec.cluster };
const { allowedCidrs } = spec.access;

describe.skipIf(motoServer === undefined)(`a single thing at EC2 that we made${motoSkipped}`, () => {
  let ec2: EmulatedEc2;
  let ids: Record<'vpc' | 'gateway' | 'table' | 'group' | 'subnet' | 'instance', string>;
  let keyName: string;
  beforeAll(async () => {
    ec2 = await startEmulatedEc2();
    const [network, compute] = [createAwsEc2Network(ec2.clients), createAwsEc2Compute(ec2.clients)];
    const vpc = await network.createPart('vpc', { ...owner, cidr: spec.network.vpcCidr, workerSecret: fingerprint });
    const [{ zone, cidr } = { zone: '', cidr: '' }] = spec.network.subnets;
    const subnet = await network.createPart('subnet', { ...owner, vpcId: vpc, zone, cidr });
    const gateway = await network.createPart('internet-gateway', { ...owner, vpcId: vpc });
    const table = await network.createPart('route-table', {
      ...owner,
      vpcId: vpc,
      internetGatewayId: gateway,
      subnetIds: [subnet],
    });
    const group = await network.createPart('security-group', { ...owner, vpcId: vpc, allowedCidrs });
    const { privateKey } = createHostIdentity('s').firstKey({ ...owner, node: 'access', generation: 1 });
    keyName = await compute.importKeyPair({ ...owner, publicKey: publicKeyOf(privateKey) });
    await network.recordInitialised({ ...owner, vpcId: vpc, generation: 1 });
    const image = await compute.resolveImage({ owner: '136693071363', name: 'debian-12-amd64-*' });
    const { id } = await compute.runInstance({
      ...{ ...owner, node: 'k8s-master', generation: 1, zone, type: 't3.large', imageId: image.id, subnetId: subnet },
      ...{ securityGroupId: group, keyPairName: keyName, diskGiB: 20, userData: '#cloud-config\n' },
    });
    ids = { vpc, gateway, table, group, subnet, instance: id };
  });
  afterAll(() => ec2.close());

  /** What the plan says that is not as the spec says; a refusal is one word too. */
  const said = async (): Promise<readonly string[]> => {
    try {
      const network = await createAwsEc2Network(ec2.clients).describeNetwork({ ...owner, allowedCidrs });
      const instances = await createAwsEc2Compute(ec2.clients).describeInstances(owner);
      // the observation compares it with the worker's own before anything else
      if (![undefined, fingerprint].includes(network.workerSecret)) return ['WorkerSecretWrong'];
      const [imageId = ''] = instances.map((one) => one.imageId);
      const settled = settledFacts({ spec });
      const image = { id: imageId, name: 'ubuntu' };
      // where there is no worker secret in the tag, the observation asks for it to be recorded
      const recordsSecret = network.workerSecret === undefined;
      const plan = aPlan({ spec, facts: { ...settled, image, network: { ...network, recordsSecret }, instances } });
      return [
        ...changesOf(plan).map(({ step, reason }) => `${step}: ${reason}`),
        ...plan.steps.flatMap(({ step, note }) => (note === undefined ? [] : [`${step}: ${note}`])),
      ];
    } catch (error) {
      if (error instanceof RolloutError) return [error.type];
      throw error;
    }
  };
  const client = () => ec2.clients.repeating;

  it('as it was made is as the spec says', async () => {
    expect(await said()).toEqual([]);
  });

  it('is named when one of its tags is changed or taken away', async () => {
    const silent: string[] = [];
    let tried = 0;
    for (const id of Object.values(ids)) {
      const { Tags = [] } = await client().send(
        new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }),
      );
      for (const { Key = '', Value = '' } of Tags) {
        // tells which of two is the older one, and nothing where there is one
        if (Key === 'groundswell.dev/created') continue;
        tried += 1;
        await client().send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value: `${Value}0` }] }));
        if ((await said()).length === 0) silent.push(`${id} ${Key} changed`);
        await client().send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key }] }));
        if ((await said()).length === 0) silent.push(`${id} ${Key} removed`);
        await client().send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] }));
      }
    }

    expect(silent).toEqual([]);
    expect(tried).toBeGreaterThan(25);
    expect(await said()).toEqual([]);
  });

  it('is named when a rule is taken away, and when somebody adds one', async () => {
    const { SecurityGroupRules: rules = [] } = await client().send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [ids.group] }] }),
    );
    const ours = rules.filter(({ IsEgress }) => IsEgress !== true);
    expect(ours.length).toBeGreaterThan(2);
    for (const { SecurityGroupRuleId: id = '', IpProtocol, FromPort, ToPort, CidrIpv4, ReferencedGroupInfo } of ours) {
      const permission = {
        ...{ IpProtocol, ...(IpProtocol === '-1' ? {} : { FromPort, ToPort }) },
        ...(CidrIpv4 === undefined ? {} : { IpRanges: [{ CidrIp: CidrIpv4 }] }),
        ...(ReferencedGroupInfo?.GroupId === undefined
          ? {}
          : { UserIdGroupPairs: [{ GroupId: ReferencedGroupInfo.GroupId }] }),
      };
      await client().send(new RevokeSecurityGroupIngressCommand({ GroupId: ids.group, SecurityGroupRuleIds: [id] }));
      expect(await said()).toHaveLength(1);
      await client().send(
        new AuthorizeSecurityGroupIngressCommand({ GroupId: ids.group, IpPermissions: [permission] }),
      );
    }
    expect(await said()).toEqual([]);
    const theirs = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await client().send(new AuthorizeSecurityGroupIngressCommand({ GroupId: ids.group, IpPermissions: [theirs] }));
    expect(await said()).toEqual(['network/security-group: somebody else opened 80 from 0.0.0.0/0']);
    await client().send(new RevokeSecurityGroupIngressCommand({ GroupId: ids.group, IpPermissions: [theirs] }));
  });

  it('is named when a subnet gives no public address, a route, an association, the gateway or the key pair is gone', async () => {
    await client().send(
      new ModifySubnetAttributeCommand({ SubnetId: ids.subnet, MapPublicIpOnLaunch: { Value: false } }),
    );
    expect(await said()).not.toEqual([]);
    await client().send(
      new ModifySubnetAttributeCommand({ SubnetId: ids.subnet, MapPublicIpOnLaunch: { Value: true } }),
    );
    expect(await said()).toEqual([]);

    const { RouteTables: [table] = [] } = await client().send(
      new DescribeRouteTablesCommand({ RouteTableIds: [ids.table] }),
    );
    const association = table?.Associations?.find(({ SubnetId }) => SubnetId === ids.subnet)?.RouteTableAssociationId;
    await client().send(new DisassociateRouteTableCommand({ AssociationId: association }));
    expect(await said()).toEqual(['network/route-table: a route or a subnet of it is missing']);
    const network = createAwsEc2Network(ec2.clients);
    const whole = { ...owner, vpcId: ids.vpc, internetGatewayId: ids.gateway, subnetIds: [ids.subnet] };
    expect(await network.createPart('route-table', whole)).toBe(ids.table);
    expect(await said()).toEqual([]);

    await client().send(new DeleteRouteCommand({ RouteTableId: ids.table, DestinationCidrBlock: '0.0.0.0/0' }));
    expect(await said()).toEqual(['network/route-table: a route or a subnet of it is missing']);
    expect(await network.createPart('route-table', whole)).toBe(ids.table);

    await client().send(new DeleteKeyPairCommand({ KeyName: keyName }));
    expect(await said()).toEqual(['network/key-pair: none with our tags']);
    await client().send(new DetachInternetGatewayCommand({ InternetGatewayId: ids.gateway, VpcId: ids.vpc }));
    expect(await said()).toHaveLength(3);
    const { Reservations = [] } = await client().send(new DescribeInstancesCommand({}));
    expect(Reservations).toHaveLength(1);
  });
});
