import { CreateTagsCommand, CreateVpcCommand, DeleteVpcCommand, type Tag } from '@aws-sdk/client-ec2';
import { residueText } from '../../../model/facts/residue.js';
import type { CallOptions } from '../../calls.js';
import { callEc2 } from '../call-ec2.js';
import { createOnce } from '../create-once.js';
import { deleteOurs, sendRemoval } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, tagNames, tagsAtCreation, tagValue } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { sweepVpc } from '../sweep-residue.js';

/** Looks for the VPC of a cluster, and reads the records in its tags. */
export async function lookAtVpc(clients: Ec2Clients, owner: NetworkOwner, options: CallOptions): Promise<SeeResource> {
  const [vpc] = oldestFirst(await readAll.vpcs(clients, ownedBy(owner), options), ({ VpcId }) => VpcId);
  if (vpc?.VpcId === undefined) return () => ({});
  const workerSecret = tagValue(vpc.Tags, tagNames.workerSecret) ?? '';
  const initialised = Number(tagValue(vpc.Tags, tagNames.initialised) ?? 0);
  const facts = {
    vpcId: vpc.VpcId,
    ...(vpc.CidrBlock === undefined ? {} : { vpcCidr: vpc.CidrBlock }),
    ...(initialised > 0 ? { initialisedGeneration: initialised } : {}),
    ...(workerSecret === '' ? {} : { workerSecret }),
  };
  return () => ({ facts, ours: [{ id: vpc.VpcId, name: owner.cluster, Tags: vpc.Tags }] });
}

/** Makes the VPC, with the fingerprint of the worker secret if that secret is known to be the right one. */
export async function createVpc(
  { repeating, once, now }: Ec2Clients,
  input: Owner & NetworkPartInputs['vpc'],
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

/** Deletes the VPCs, with the group, the route table and the list of rules that AWS made for each. */
export async function deleteVpc(clients: Ec2Clients, owner: Owner, options: CallOptions = {}): Promise<boolean> {
  return deleteOurs(
    {
      noun: 'VPC',
      find: (call) => readAll.vpcs(clients, ownedBy(owner), call),
      id: (vpc) => vpc.VpcId,
      remove: (_vpc, id) => {
        const end = new DeleteVpcCommand({ VpcId: id });
        return sendRemoval(`DeleteVpc ${id}`, (http) => clients.repeating.send(end, http), options);
      },
      users: async (_vpc, id) =>
        (await sweepVpc(clients, { ...owner, vpcId: id }, options))
          .filter(({ kind }) => kind !== 'vpc')
          .map((thing) => residueText(thing)),
    },
    options,
  );
}

/** Records a value in a tag of the VPC. */
export async function tagVpc(
  { repeating }: Ec2Clients,
  { vpcId, tag }: { readonly vpcId: string; readonly tag: Tag },
  options: CallOptions = {},
): Promise<void> {
  const record = new CreateTagsCommand({ Resources: [vpcId], Tags: [tag] });
  await callEc2(`CreateTags ${vpcId}`, (http) => repeating.send(record, http), options);
}
