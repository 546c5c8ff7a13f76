import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
} from '@aws-sdk/client-ec2';
import type { CallOptions } from '../../calls.js';
import { callEc2, refusalCode } from '../call-ec2.js';
import { createOnce } from '../create-once.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { untilListed } from '../until-listed.js';

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
