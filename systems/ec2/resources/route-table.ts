import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteTableCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  type RouteTable,
  type RouteTableAssociation,
} from '@aws-sdk/client-ec2';
import type { CallOptions } from '../../calls.js';
import { callEc2, refusalCode } from '../call-ec2.js';
import { createOnce } from '../create-once.js';
import { deleteOurs, sendRemoval, type RemovalOutcome } from '../delete-ours.js';
import type { Ec2Clients } from '../ec2-client.js';
import type { NetworkOwner, SeeResource } from '../ec2-resource.js';
import type { NetworkPartInputs, Owner } from '../ec2.js';
import { givenId } from '../given-id.js';
import { oldestFirst, ownedBy, tagsAtCreation } from '../ownership-tags.js';
import { readAll } from '../read-pages.js';
import { untilListed } from '../until-listed.js';

/** Destination of all traffic without a route of its own. */
const anywhere = '0.0.0.0/0';

/**
 * Looks for the route table of a cluster. It counts when its default route leads through the gateway and every subnet
 * uses it.
 */
export async function lookAtRouteTable(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions,
): Promise<SeeResource> {
  const found = oldestFirst(
    await readAll.routeTables(clients, ownedBy(owner), options),
    ({ RouteTableId }) => RouteTableId,
  );
  return ({ vpcId, internetGatewayId, subnets }) => {
    const own = found.filter((table) => vpcId !== undefined && table.VpcId === vpcId);
    const whole = own.find(
      (table) =>
        internetGatewayId !== undefined &&
        leadsTo(table, internetGatewayId) &&
        subnets.every(({ id }) => servedSubnets(table).includes(id)),
    );
    if (whole?.RouteTableId === undefined) return own.length > 0 ? { halfMade: ['route-table'] } : {};
    const { RouteTableId: id, Tags } = whole;
    return { facts: { routeTableId: id }, ours: [{ id, name: owner.cluster, Tags }] };
  };
}

/** Makes the route table of the public subnets: a default route through the internet gateway, and the associations. */
export async function createRouteTable(
  { repeating, once, now }: Ec2Clients,
  input: Owner & NetworkPartInputs['route-table'],
  options: CallOptions = {},
): Promise<string> {
  const findAll = (call: CallOptions = options): Promise<readonly RouteTable[]> =>
    readAll.routeTables({ repeating }, ownedBy(input, { 'vpc-id': input.vpcId }), call);
  const id = await createOnce(
    {
      find: findAll,
      async create(call) {
        const TagSpecifications = tagsAtCreation(input, { type: 'route-table', name: input.cluster, at: now() });
        const create = new CreateRouteTableCommand({ VpcId: input.vpcId, TagSpecifications });
        const { RouteTable } = await callEc2('CreateRouteTable', (http) => once.send(create, http), call);
        return givenId('CreateRouteTable', RouteTable?.RouteTableId);
      },
      remove: (extra, call) =>
        callEc2(
          'DeleteRouteTable',
          (http) => repeating.send(new DeleteRouteTableCommand({ RouteTableId: extra }), http),
          call,
        ),
      id: (table) => table.RouteTableId,
    },
    options,
  );
  const table = (await findAll()).find(({ RouteTableId }) => RouteTableId === id);
  await setDefaultRoute(id, table);
  const served = servedSubnets(table);
  for (const subnetId of input.subnetIds.filter((each) => !served.includes(each))) await associate(id, subnetId);
  return id;

  async function setDefaultRoute(tableId: string, seen: RouteTable | undefined): Promise<void> {
    if (seen !== undefined && leadsTo(seen, input.internetGatewayId)) return;
    const route = {
      RouteTableId: tableId,
      DestinationCidrBlock: anywhere,
      GatewayId: input.internetGatewayId,
    };
    const another = seen?.Routes?.some(({ DestinationCidrBlock }) => DestinationCidrBlock === anywhere) === true;
    try {
      if (!another) {
        await callEc2(`CreateRoute ${tableId}`, (http) => repeating.send(new CreateRouteCommand(route), http), options);
        return;
      }
    } catch (error) {
      if (refusalCode(error) !== 'RouteAlreadyExists') throw error;
    }
    await callEc2(`ReplaceRoute ${tableId}`, (http) => repeating.send(new ReplaceRouteCommand(route), http), options);
  }

  async function associate(tableId: string, subnetId: string): Promise<void> {
    const association = new AssociateRouteTableCommand({ RouteTableId: tableId, SubnetId: subnetId });
    try {
      await callEc2(`AssociateRouteTable ${subnetId}`, (http) => repeating.send(association, http), options);
    } catch (error) {
      if (refusalCode(error) !== 'Resource.AlreadyAssociated') throw error;
      const serves = (tables: readonly RouteTable[]): boolean =>
        servedSubnets(tables.find(({ RouteTableId }) => RouteTableId === tableId)).includes(subnetId);
      // associated with this table, or with a table of somebody else
      if (!serves(await untilListed(findAll, serves))) throw error;
    }
  }
}

/** Takes the route tables from their subnets and gateways, and deletes them. That of a whole VPC cannot be taken from it. */
export async function deleteRouteTable(clients: Ec2Clients, owner: Owner, options: CallOptions = {}): Promise<boolean> {
  const { repeating } = clients;
  async function remove({ Associations = [] }: RouteTable, id: string): Promise<RemovalOutcome> {
    for (const { RouteTableAssociationId: AssociationId, Main } of Associations) {
      if (AssociationId === undefined || Main === true) continue;
      const disassociate = new DisassociateRouteTableCommand({ AssociationId });
      await sendRemoval(
        `DisassociateRouteTable ${AssociationId}`,
        (http) => repeating.send(disassociate, http),
        options,
      );
    }
    const end = new DeleteRouteTableCommand({ RouteTableId: id });
    return sendRemoval(`DeleteRouteTable ${id}`, (http) => repeating.send(end, http), options);
  }
  const find = (call: CallOptions): Promise<readonly RouteTable[]> =>
    readAll.routeTables(clients, ownedBy(owner), call);
  return deleteOurs(
    {
      noun: 'route table',
      find,
      id: (table) => table.RouteTableId,
      remove,
      users: async (_table, id) => {
        const now = (await find(options)).find(({ RouteTableId }) => RouteTableId === id);
        return (now?.Associations ?? []).map(associationText);
      },
    },
    options,
  );
}

function associationText({ Main, SubnetId, GatewayId, RouteTableAssociationId }: RouteTableAssociation): string {
  const association = `association ${RouteTableAssociationId ?? ''}`;
  return Main === true
    ? `${association} as the main table of its VPC`
    : `${association} with ${SubnetId ?? GatewayId ?? ''}`;
}

/** Whether the default route of a table leads through this gateway. */
function leadsTo(table: RouteTable, internetGatewayId: string): boolean {
  return (
    table.Routes?.some(
      ({ DestinationCidrBlock, GatewayId }) => DestinationCidrBlock === anywhere && GatewayId === internetGatewayId,
    ) === true
  );
}

/** Subnets that use a table. */
function servedSubnets(table: RouteTable | undefined): readonly string[] {
  return (table?.Associations ?? []).flatMap(({ SubnetId }) => (SubnetId === undefined ? [] : [SubnetId]));
}
