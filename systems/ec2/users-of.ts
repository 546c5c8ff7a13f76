import type { Filter, NetworkInterface, SecurityGroup } from '@aws-sdk/client-ec2';
import type { CallOptions } from '../calls.js';
import type { Ec2Clients } from './ec2-client.js';
import { tagValue } from './ownership-tags.js';
import { readAll } from './read-pages.js';

type Reader = Pick<Ec2Clients, 'repeating'>;

/** The network interfaces that a filter matches, each in a few words: by its instance, else by what AWS says of it. */
export async function interfacesWith(
  clients: Reader,
  filter: Filter,
  options: CallOptions = {},
): Promise<readonly string[]> {
  return named(clients, await readAll.networkInterfaces(clients, [filter], options), options);
}

/** What has a public address in a VPC, each in a few words with its address. */
export async function publicAddressesIn(
  clients: Reader,
  vpcId: string,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const found = await readAll.networkInterfaces(clients, [{ Name: 'vpc-id', Values: [vpcId] }], options);
  const open = found.filter(({ Association }) => Association?.PublicIp !== undefined);
  const names = await named(clients, open, options);
  return names.map((name, index) => `${name} with the public address ${open[index]?.Association?.PublicIp ?? ''}`);
}

/** The other security groups of which a rule refers to this one. */
export async function referringGroups(
  clients: Reader,
  groupId: string,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const filters = ['ip-permission.group-id', 'egress.ip-permission.group-id'];
  const read = (Name: string): Promise<SecurityGroup[]> =>
    readAll.securityGroups(clients, [{ Name, Values: [groupId] }], options);
  const found = (await Promise.all(filters.map(read))).flat().filter(({ GroupId }) => GroupId !== groupId);
  const byId = new Map(found.map((group) => [group.GroupId ?? '', group]));
  return [...byId].map(([id, { GroupName }]) => `a rule of security group ${id} (${GroupName ?? 'without a name'})`);
}

async function named(
  clients: Reader,
  interfaces: readonly NetworkInterface[],
  options: CallOptions,
): Promise<readonly string[]> {
  const ids = [...new Set(interfaces.flatMap(({ Attachment }) => Attachment?.InstanceId ?? []))];
  const names = await instanceNames(clients, ids, options);
  return interfaces.map(({ NetworkInterfaceId: id = '', Attachment, Description: text }) => {
    const instance = Attachment?.InstanceId;
    if (instance !== undefined) return `instance ${instance} (${names.get(instance) ?? 'without a name'})`;
    return `network interface ${id} (${text === undefined || text === '' ? 'without a description' : text})`;
  });
}

/** EC2 takes 200 values of a filter; more are not named in one sentence anyway. */
const mostNames = 200;

async function instanceNames(
  clients: Reader,
  ids: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const filter = { Name: 'instance-id', Values: ids.slice(0, mostNames) };
  const found = await readAll.instances(clients, [filter], options);
  return new Map(
    found.flatMap(({ InstanceId, Tags }) => {
      const name = tagValue(Tags, 'Name');
      return InstanceId === undefined || name === undefined ? [] : [[InstanceId, name] as const];
    }),
  );
}
