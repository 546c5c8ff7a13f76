import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  ImportKeyPairCommand,
  type ResourceType,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import type { Ec2Clients } from '../../../systems/ec2/ec2-client.js';
import { ownershipTags } from '../../../systems/ec2/ownership-tags.js';
import { readAll } from '../../../systems/ec2/read-pages.js';

/** Somebody else's things with the names of a cluster's, and tags that are nearly its own. */
export interface LookAlikes {
  readonly ids: readonly string[];
  /** What EC2 says of all of them, as it is now. */
  readonly describe: () => Promise<string>;
}

/** How tags can be nearly ours. */
const nearly = {
  'without managed-by': (cluster: string) =>
    ownershipTags({ cluster }, cluster).filter(
      ({ Key = '' }) => !Key.endsWith('/managed-by') && !Key.startsWith('kubernetes.io/'),
    ),
  'of another cluster': (cluster: string) => ownershipTags({ cluster: `${cluster}-2` }, cluster),
} as const;

/** Makes a VPC with all that is in one, a volume and a key pair, twice: once for each way of being nearly ours. */
export async function makeLookAlikes(
  clients: Ec2Clients,
  input: { readonly cluster: string; readonly publicKey: string },
): Promise<LookAlikes> {
  const both = [
    await makeOne(clients, { ...input, kind: 'without managed-by', number: 1 }),
    await makeOne(clients, { ...input, kind: 'of another cluster', number: 2 }),
  ];
  const ids = both.flatMap((one) => one);
  return { ids, describe: () => describeAll(clients, ids) };
}

async function makeOne(
  { repeating: client }: Ec2Clients,
  {
    cluster,
    publicKey,
    kind,
    number,
  }: {
    readonly cluster: string;
    readonly publicKey: string;
    readonly kind: keyof typeof nearly;
    readonly number: number;
  },
): Promise<readonly string[]> {
  const tagged = (ResourceType: ResourceType): { readonly TagSpecifications: TagSpecification[] } => ({
    TagSpecifications: [{ ResourceType, Tags: nearly[kind](cluster) }],
  });
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '198.18.90.0/24', ...tagged('vpc') }));
  const VpcId = Vpc?.VpcId ?? '';
  // what was just made may not be known to the next call
  const send = async <Made>(call: () => Promise<Made>): Promise<Made> => {
    for (let attempt = 1; attempt < 10; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof Error) || !error.name.endsWith('.NotFound')) throw error;
      }
    }
    return call();
  };
  const zone = 'ap-northeast-2a';
  const { Subnet } = await send(() =>
    client.send(
      new CreateSubnetCommand({ VpcId, CidrBlock: '198.18.90.0/26', AvailabilityZone: zone, ...tagged('subnet') }),
    ),
  );
  const group = { GroupName: `groundswell-${cluster}`, Description: 'theirs', VpcId, ...tagged('security-group') };
  const { GroupId } = await send(() => client.send(new CreateSecurityGroupCommand(group)));
  const { RouteTable } = await send(() =>
    client.send(new CreateRouteTableCommand({ VpcId, ...tagged('route-table') })),
  );
  const { InternetGateway } = await client.send(new CreateInternetGatewayCommand(tagged('internet-gateway')));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? '';
  await send(() => client.send(new AttachInternetGatewayCommand({ InternetGatewayId, VpcId })));
  const { VolumeId } = await client.send(
    new CreateVolumeCommand({ AvailabilityZone: zone, Size: 1, ...tagged('volume') }),
  );
  const KeyName = `groundswell-${cluster}-${String(number)}`;
  const { KeyPairId } = await client.send(
    new ImportKeyPairCommand({ KeyName, PublicKeyMaterial: Buffer.from(publicKey), ...tagged('key-pair') }),
  );
  const made = [VpcId, Subnet?.SubnetId, GroupId, RouteTable?.RouteTableId, InternetGatewayId, VolumeId, KeyPairId];
  return made.flatMap((id) => id ?? []);
}

async function describeAll(clients: Ec2Clients, ids: readonly string[]): Promise<string> {
  const by = (Name: string) => [{ Name, Values: [...ids] }];
  return JSON.stringify([
    await readAll.vpcs(clients, by('vpc-id')),
    await readAll.subnets(clients, by('subnet-id')),
    await readAll.securityGroups(clients, by('group-id')),
    await readAll.routeTables(clients, by('route-table-id')),
    await readAll.internetGateways(clients, by('internet-gateway-id')),
    await readAll.volumes(clients, by('volume-id')),
    await readAll.keyPairs(clients, by('key-pair-id')),
  ]);
}
