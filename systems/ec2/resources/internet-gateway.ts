import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DetachInternetGatewayCommand,
  type InternetGateway,
} from '@aws-sdk/client-ec2';
import type { CallOptions } from '../../calls.js';
import { callEc2, refusalCode } from '../call-ec2.js';
import { createOnce } from '../create-once.js';
import { deleteOurs, outcomeOfRefusal, sendRemoval, type RemovalOutcome } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { untilListed } from '../until-listed.js';
import { publicAddressesIn } from '../users-of.js';

/** Looks for the internet gateway that is attached to the VPC of a cluster. An unattached gateway is half made. */
export async function lookAtInternetGateway(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions,
): Promise<SeeResource> {
  const found = oldestFirst(
    await readAll.internetGateways(clients, ownedBy(owner), options),
    ({ InternetGatewayId }) => InternetGatewayId,
  );
  return ({ vpcId }) => {
    if (vpcId === undefined) return {};
    const attached = found.find(({ Attachments = [] }) => Attachments.some(({ VpcId }) => VpcId === vpcId));
    if (attached?.InternetGatewayId === undefined) {
      const isLoose = found.some(({ Attachments = [] }) => Attachments.length === 0);
      return isLoose ? { halfMade: ['internet-gateway'] } : {};
    }
    const { InternetGatewayId: id, Tags } = attached;
    return { facts: { internetGatewayId: id }, ours: [{ id, name: owner.cluster, Tags }] };
  };
}

/** Makes the internet gateway, and attaches it. */
export async function createInternetGateway(
  { repeating, once, now }: Ec2Clients,
  input: Owner & NetworkPartInputs['internet-gateway'],
  options: CallOptions = {},
): Promise<string> {
  // a gateway that is attached to another VPC cannot serve this VPC
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

/** Detaches the gateways and deletes them. EC2 refuses to detach one while something in its VPC has a public address. */
export async function deleteInternetGateway(
  clients: Ec2Clients,
  owner: Owner,
  options: CallOptions = {},
): Promise<boolean> {
  const { repeating } = clients;
  async function remove({ Attachments = [] }: InternetGateway, id: string): Promise<RemovalOutcome> {
    for (const { VpcId } of Attachments) {
      const detach = new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId });
      const what = `DetachInternetGateway ${id}`;
      const outcome = await sendRemoval(what, (http) => repeating.send(detach, http), options, outcomeOfDetaching);
      if (outcome === 'not known') return outcome;
    }
    const end = new DeleteInternetGatewayCommand({ InternetGatewayId: id });
    return sendRemoval(`DeleteInternetGateway ${id}`, (http) => repeating.send(end, http), options);
  }
  return deleteOurs(
    {
      noun: 'internet gateway',
      find: (call) => readAll.internetGateways(clients, ownedBy(owner), call),
      id: (gateway) => gateway.InternetGatewayId,
      remove,
      users: async ({ Attachments = [] }) => {
        const vpcIds = Attachments.flatMap(({ VpcId }) => VpcId ?? []);
        return (await Promise.all(vpcIds.map((vpcId) => publicAddressesIn(clients, vpcId, options)))).flat();
      },
    },
    options,
  );
}

/** A read that is older than an earlier attempt shows an attachment that is gone. */
function outcomeOfDetaching(code: string): RemovalOutcome | undefined {
  return code === 'Gateway.NotAttached' ? 'removed' : outcomeOfRefusal(code);
}
