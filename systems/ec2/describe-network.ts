import {
  DescribeKeyPairsCommand,
  type InternetGateway,
  type KeyPairInfo,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type Tag,
  type Vpc,
} from '@aws-sdk/client-ec2';
import type { NetworkFacts } from '../../model/facts/facts.js';
import type { NetworkPart } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';
import { leadsTo, servedSubnets } from './aws-route-table.js';
import { isOpenToSomebody, missingRules } from './aws-security-group.js';
import { callEc2 } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Owner } from './ec2.js';
import { oldestFirst, ownedBy, strayTags, tagNames, tagValue } from './ownership-tags.js';
import { readAll } from './read-pages.js';
import { ruleText, unwantedRules } from './security-group-rules.js';

/** Whose network, and to whom it is to be open. */
export type NetworkOwner = Owner & { readonly allowedCidrs?: readonly string[] };

/** What exists of a cluster's network, by tags. A half-made thing does not count: the `create…` of it finishes it. */
export async function describeNetwork(
  clients: Ec2Clients,
  owner: NetworkOwner,
  options: CallOptions = {},
): Promise<NetworkFacts> {
  const { repeating } = clients;
  const Filters = ownedBy(owner);
  const [vpcs, subnets, gateways, tables, groups, keys] = await Promise.all([
    readAll.vpcs(clients, Filters, options),
    readAll.subnets(clients, Filters, options),
    readAll.internetGateways(clients, Filters, options),
    readAll.routeTables(clients, Filters, options),
    readAll.securityGroups(clients, Filters, options),
    callEc2('DescribeKeyPairs', (http) => repeating.send(new DescribeKeyPairsCommand({ Filters }), http), options),
  ]);
  const [key] = oldestFirst(keys.KeyPairs, ({ KeyPairId }) => KeyPairId);
  const keyPair = key?.KeyName === undefined ? {} : { keyPairName: key.KeyName };
  const [vpc] = oldestFirst(vpcs, ({ VpcId }) => VpcId);
  const vpcId = vpc?.VpcId;
  if (vpcId === undefined) return { subnets: [], ...keyPair };

  const ourSubnets = publicSubnets(subnets, vpcId);
  const [gateway] = oldestFirst(gateways, ({ InternetGatewayId }) => InternetGatewayId).filter(
    ({ Attachments }) => Attachments?.some(({ VpcId }) => VpcId === vpcId) === true,
  );
  const gatewayId = gateway?.InternetGatewayId;
  const ourTables = oldestFirst(tables, ({ RouteTableId }) => RouteTableId).filter((each) => each.VpcId === vpcId);
  const table = ourTables.find(
    (each) =>
      gatewayId !== undefined &&
      leadsTo(each, gatewayId) &&
      ourSubnets.every(({ id }) => servedSubnets(each).includes(id)),
  );
  const [group] = oldestFirst(groups, ({ GroupId }) => GroupId).filter((each) => each.VpcId === vpcId);
  const halfMade: readonly NetworkPart[] = [
    ...halfMadeSubnets(subnets, { vpcId, whole: ourSubnets }),
    ...(gateway === undefined && gateways.some(isUnattached) ? (['internet-gateway'] as const) : []),
    ...(table === undefined && ourTables.length > 0 ? (['route-table'] as const) : []),
    ...(group !== undefined && !isComplete(group, owner.allowedCidrs) ? (['security-group'] as const) : []),
  ];
  const workerSecret = tagValue(vpc?.Tags, tagNames.workerSecret) ?? '';
  const initialised = Number(tagValue(vpc?.Tags, tagNames.initialised) ?? 0);
  const stray = strayTagsOf(owner, {
    vpc,
    gateway,
    table,
    group,
    key,
    subnets: subnets.filter((each) => each.VpcId === vpcId),
  });
  return {
    vpcId,
    ...(stray.length === 0 ? {} : { strayTags: stray }),
    ...(vpc?.CidrBlock === undefined ? {} : { vpcCidr: vpc.CidrBlock }),
    ...(initialised > 0 ? { initialisedGeneration: initialised } : {}),
    ...(workerSecret === '' ? {} : { workerSecret }),
    subnets: ourSubnets,
    ...(gatewayId === undefined ? {} : { internetGatewayId: gatewayId }),
    ...(table?.RouteTableId === undefined ? {} : { routeTableId: table.RouteTableId }),
    ...(await describeRules(clients, { owner, group }, options)),
    ...(halfMade.length === 0 ? {} : { halfMade }),
    ...keyPair,
  };
}

interface Tagged {
  readonly Tags?: Tag[] | undefined;
}

interface Parts {
  readonly vpc: Vpc | undefined;
  readonly gateway: InternetGateway | undefined;
  readonly table: RouteTable | undefined;
  readonly group: SecurityGroup | undefined;
  readonly key: KeyPairInfo | undefined;
  readonly subnets: readonly Subnet[];
}

/** `vpc-1: Name`: tags of ours that somebody changed or took away. */
function strayTagsOf(
  { cluster }: NetworkOwner,
  { vpc, gateway, table, group, key, subnets }: Parts,
): readonly string[] {
  const things: readonly (readonly [string | undefined, string, Tagged | undefined])[] = [
    [vpc?.VpcId, cluster, vpc],
    [gateway?.InternetGatewayId, cluster, gateway],
    [table?.RouteTableId, cluster, table],
    [group?.GroupId, cluster, group],
    [key?.KeyName, key?.KeyName ?? '', key],
    ...subnets.map((subnet) => [subnet.SubnetId, `${cluster}-${subnet.AvailabilityZone ?? ''}`, subnet] as const),
  ];
  return things.flatMap(([id, name, thing]) =>
    thing === undefined ? [] : strayTags({ cluster }, name, thing.Tags).map((tag) => `${id ?? ''}: ${tag}`),
  );
}

/** The group, where it is complete and has no rule of ours that nobody wants; and the rules that nobody wants. */
async function describeRules(
  clients: Ec2Clients,
  { owner, group }: { readonly owner: NetworkOwner; readonly group: SecurityGroup | undefined },
  options: CallOptions,
): Promise<Pick<NetworkFacts, 'securityGroupId' | 'surplusRules' | 'foreignRules'>> {
  const { cluster, allowedCidrs } = owner;
  const groupId = group?.GroupId;
  if (group === undefined || groupId === undefined) return {};
  const isWhole = isComplete(group, allowedCidrs);
  if (allowedCidrs === undefined) return isWhole ? { securityGroupId: groupId } : {};
  const { surplus, foreign } = await unwantedRules(clients, { cluster, groupId, allowedCidrs }, options);
  return {
    ...(isWhole && surplus.length === 0 ? { securityGroupId: groupId } : {}),
    ...(surplus.length === 0 ? {} : { surplusRules: surplus.map(ruleText).sort() }),
    ...(foreign.length === 0 ? {} : { foreignRules: foreign.map(ruleText).sort() }),
  };
}

/** One subnet per zone; one that gives no public addresses yet is half-made. */
function publicSubnets(found: readonly Subnet[] | undefined, vpcId: string): NetworkFacts['subnets'] {
  const byZone = new Map<string, NetworkFacts['subnets'][number]>();
  for (const { VpcId, AvailabilityZone, SubnetId, CidrBlock, MapPublicIpOnLaunch } of oldestFirst(
    found,
    (subnet) => subnet.SubnetId,
  )) {
    if (VpcId !== vpcId || MapPublicIpOnLaunch !== true) continue;
    if (AvailabilityZone === undefined || SubnetId === undefined || CidrBlock === undefined) continue;
    if (byZone.has(AvailabilityZone)) continue;
    byZone.set(AvailabilityZone, { zone: AvailabilityZone, id: SubnetId, cidr: CidrBlock });
  }
  return [...byZone.values()].sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

function isUnattached({ Attachments }: InternetGateway): boolean {
  return (Attachments ?? []).length === 0;
}

/** Subnets of ours in zones that have no whole one. */
function halfMadeSubnets(
  found: readonly Subnet[],
  { vpcId, whole }: { readonly vpcId: string; readonly whole: NetworkFacts['subnets'] },
): readonly NetworkPart[] {
  const zones = found.filter(({ VpcId }) => VpcId === vpcId).flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []);
  const bare = zones.filter((zone) => !whole.some((subnet) => subnet.zone === zone));
  return [...new Set(bare)].toSorted().map((zone) => `subnet-${zone}` as const);
}

function isComplete(group: SecurityGroup, allowedCidrs: readonly string[] | undefined): boolean {
  const missing = missingRules(group, allowedCidrs ?? []);
  return missing.length === 0 && (allowedCidrs !== undefined || isOpenToSomebody(group));
}
