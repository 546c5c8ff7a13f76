import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  ModifySubnetAttributeCommand,
  type Subnet,
} from '@aws-sdk/client-ec2';
import type { NetworkFacts } from '../../../model/facts/facts.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { NetworkPart } from '../../../model/steps.js';
import type { CallOptions } from '../../calls.js';
import { callEc2 } from '../call-ec2.js';
import { createOnce } from '../create-once.js';
import { deleteOurs, sendRemoval } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { interfacesWith } from '../users-of.js';

/** Looks for the subnets of a cluster, one for each zone. A subnet that gives no public addresses yet is half made. */
export async function lookAtSubnets(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions,
): Promise<SeeResource> {
  const found = await readAll.subnets(clients, ownedBy(owner), options);
  return ({ vpcId }) => {
    if (vpcId === undefined) return {};
    const own = found.filter((subnet) => subnet.VpcId === vpcId);
    const whole = publicSubnets(own);
    const ours = own.map(({ SubnetId, AvailabilityZone, Tags }) => {
      return { id: SubnetId, name: nameOf(owner.cluster, AvailabilityZone ?? ''), Tags };
    });
    return { facts: { subnets: whole }, halfMade: halfMadeSubnets(own, whole), ours };
  };
}

function nameOf(cluster: string, zone: string): string {
  return `${cluster}-${zone}`;
}

function publicSubnets(found: readonly Subnet[]): NetworkFacts['subnets'] {
  const byZone = new Map<string, NetworkFacts['subnets'][number]>();
  for (const { AvailabilityZone: zone, SubnetId: id, CidrBlock: cidr, MapPublicIpOnLaunch } of oldestFirst(
    found,
    ({ SubnetId }) => SubnetId,
  )) {
    if (MapPublicIpOnLaunch !== true || zone === undefined || id === undefined || cidr === undefined) continue;
    if (!byZone.has(zone)) byZone.set(zone, { zone, id, cidr });
  }
  return [...byZone.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

/** Half-made subnets in zones without a whole one. */
function halfMadeSubnets(found: readonly Subnet[], whole: NetworkFacts['subnets']): readonly NetworkPart[] {
  const zones = found.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []);
  const bare = zones.filter((zone) => !whole.some((subnet) => subnet.zone === zone));
  return [...new Set(bare)].toSorted().map((zone) => `subnet-${zone}` as const);
}

/**
 * Makes a subnet and switches its public addresses on. Fails with `PlanStale` when its zone has a subnet with another
 * range.
 */
export async function createSubnet(
  { repeating, once, now }: Ec2Clients,
  input: Owner & NetworkPartInputs['subnet'],
  options: CallOptions = {},
): Promise<string> {
  const ours = ownedBy(input, { 'vpc-id': input.vpcId, 'availability-zone': input.zone });
  const findAll = (call: CallOptions = options): Promise<readonly Subnet[]> =>
    readAll.subnets({ repeating }, ours, call);
  const id = await createOnce(
    {
      find: findAll,
      async create(call) {
        const name = nameOf(input.cluster, input.zone);
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

/** Deletes the subnets of a zone, or all where no zone is named. */
export async function deleteSubnet(
  clients: Ec2Clients,
  { cluster, zone }: Owner & { readonly zone?: string },
  options: CallOptions = {},
): Promise<boolean> {
  const ours = ownedBy({ cluster }, zone === undefined ? {} : { 'availability-zone': zone });
  return deleteOurs(
    {
      noun: 'subnet',
      find: (call) => readAll.subnets(clients, ours, call),
      id: (subnet) => subnet.SubnetId,
      remove: (_subnet, id) => {
        const end = new DeleteSubnetCommand({ SubnetId: id });
        return sendRemoval(`DeleteSubnet ${id}`, (http) => clients.repeating.send(end, http), options);
      },
      users: (_subnet, id) => interfacesWith(clients, { Name: 'subnet-id', Values: [id] }, options),
    },
    options,
  );
}
