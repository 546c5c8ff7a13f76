import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  ModifySubnetAttributeCommand,
  type Subnet,
  type Tag,
} from '@aws-sdk/client-ec2';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../calls.js';
import { createRouteTable } from './aws-route-table.js';
import { createSecurityGroup } from './aws-security-group.js';
import { callEc2, refusalCode } from './call-ec2.js';
import { createOnce } from './create-once.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Network, Owner } from './ec2.js';
import { givenId } from './given-id.js';
import { createNetworkReads } from './network-reads.js';
import { ownedBy, tagNames, tagsAtCreation } from './ownership-tags.js';
import { readAll } from './read-pages.js';
import { untilListed } from './until-listed.js';

/** The network of a cluster at EC2. */
export function createAwsEc2Network(clients: Ec2Clients): Ec2Network {
  return {
    describeNetwork: createNetworkReads(clients),
    createVpc: (input, options) => createVpc(clients, input, options),
    createSubnet: (input, options) => createSubnet(clients, input, options),
    createInternetGateway: (input, options) => createInternetGateway(clients, input, options),
    recordInitialised: ({ vpcId, generation }, options) =>
      tagVpc(clients, { vpcId, tag: { Key: tagNames.initialised, Value: String(generation) } }, options),
    recordWorkerSecret: ({ vpcId, fingerprint }, options) =>
      tagVpc(clients, { vpcId, tag: { Key: tagNames.workerSecret, Value: fingerprint } }, options),
    createRouteTable: (input, options) => createRouteTable(clients, input, options),
    createSecurityGroup: (input, options) => createSecurityGroup(clients, input, options),
  };
}

async function createVpc(
  { repeating, once, now }: Ec2Clients,
  input: Owner & { readonly cidr: string; readonly workerSecret?: string },
  options: CallOptions = {},
): Promise<string> {
  return createOnce(
    {
      find: (call) => readAll.vpcs({ repeating }, ownedBy(input), call),
      async create(call) {
        const more = input.workerSecret === undefined ? {} : { [tagNames.workerSecret]: input.workerSecret };
        const TagSpecifications = tagsAtCreation(input, { type: 'vpc', name: input.cluster, at: now(), more });
        const create = new CreateVpcCommand({ CidrBlock: input.cidr, TagSpecifications });
        const { Vpc } = await callEc2('CreateVpc', (http) => once.send(create, http), call);
        return givenId('CreateVpc', Vpc?.VpcId);
      },
      remove: (id, call) =>
        callEc2('DeleteVpc', (http) => repeating.send(new DeleteVpcCommand({ VpcId: id }), http), call),
      id: (vpc) => vpc.VpcId,
    },
    options,
  );
}

async function tagVpc(
  { repeating }: Ec2Clients,
  { vpcId, tag }: { readonly vpcId: string; readonly tag: Tag },
  options: CallOptions = {},
): Promise<void> {
  const record = new CreateTagsCommand({ Resources: [vpcId], Tags: [tag] });
  await callEc2(`CreateTags ${vpcId}`, (http) => repeating.send(record, http), options);
}

async function createSubnet(
  { repeating, once, now }: Ec2Clients,
  input: Owner & { readonly vpcId: string; readonly zone: string; readonly cidr: string },
  options: CallOptions = {},
): Promise<string> {
  const ours = ownedBy(input, { 'vpc-id': input.vpcId, 'availability-zone': input.zone });
  const findAll = (call: CallOptions = options): Promise<readonly Subnet[]> =>
    readAll.subnets({ repeating }, ours, call);
  const id = await createOnce(
    {
      find: findAll,
      async create(call) {
        const name = `${input.cluster}-${input.zone}`;
        const create = new CreateSubnetCommand({
          VpcId: input.vpcId,
          AvailabilityZone: input.zone,
          CidrBlock: input.cidr,
          TagSpecifications: tagsAtCreation(input, { type: 'subnet', name, at: now() }),
        });
        const { Subnet } = await callEc2(`CreateSubnet ${input.cidr}`, (http) => once.send(create, http), call);
        return givenId('CreateSubnet', Subnet?.SubnetId);
      },
      remove: (extra, call) =>
        callEc2('DeleteSubnet', (http) => repeating.send(new DeleteSubnetCommand({ SubnetId: extra }), http), call),
      id: (subnet) => subnet.SubnetId,
    },
    options,
  );
  const subnet = (await findAll()).find(({ SubnetId }) => SubnetId === id);
  if (subnet?.CidrBlock !== undefined && subnet.CidrBlock !== input.cidr) {
    throw new RolloutError(
      'PlanStale',
      `subnet ${id} in ${input.zone}: expected ${input.cidr}, found ${subnet.CidrBlock}; correct network.subnets, or remove the subnet`,
    );
  }
  if (subnet?.MapPublicIpOnLaunch === true) return id;
  const publicAddresses = new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: true } });
  await callEc2(`ModifySubnetAttribute ${id}`, (http) => repeating.send(publicAddresses, http), options);
  return id;
}

async function createInternetGateway(
  { repeating, once, now }: Ec2Clients,
  input: Owner & { readonly vpcId: string },
  options: CallOptions = {},
): Promise<string> {
  // one that is attached elsewhere cannot serve this VPC
  const findAll = async (call: CallOptions = options) =>
    (await readAll.internetGateways({ repeating }, ownedBy(input), call)).filter(({ Attachments }) =>
      (Attachments ?? []).every(({ VpcId }) => VpcId === input.vpcId),
    );
  const id = await createOnce(
    {
      find: findAll,
      async create(call) {
        const TagSpecifications = tagsAtCreation(input, { type: 'internet-gateway', name: input.cluster, at: now() });
        const create = new CreateInternetGatewayCommand({ TagSpecifications });
        const { InternetGateway } = await callEc2('CreateInternetGateway', (http) => once.send(create, http), call);
        return givenId('CreateInternetGateway', InternetGateway?.InternetGatewayId);
      },
      remove: (extra, call) =>
        callEc2(
          'DeleteInternetGateway',
          (http) => repeating.send(new DeleteInternetGatewayCommand({ InternetGatewayId: extra }), http),
          call,
        ),
      id: (gateway) => gateway.InternetGatewayId,
    },
    options,
  );
  const isAttached = async (): Promise<boolean> =>
    (await findAll()).some(
      ({ InternetGatewayId, Attachments }) => InternetGatewayId === id && Attachments?.length === 1,
    );
  if (await isAttached()) return id;
  const attach = new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: input.vpcId });
  try {
    await callEc2(`AttachInternetGateway ${id}`, (http) => repeating.send(attach, http), options);
  } catch (error) {
    if (refusalCode(error) !== 'Resource.AlreadyAssociated') throw error;
    if (!(await untilListed(isAttached, (attached) => attached))) throw error;
  }
  return id;
}
