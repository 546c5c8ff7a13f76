import {
  DescribeAddressesCommand,
  DescribeKeyPairsCommand,
  DescribeVpnGatewaysCommand,
  paginateDescribeImages,
  paginateDescribeInstances,
  paginateDescribeInternetGateways,
  paginateDescribeLaunchTemplates,
  paginateDescribeNatGateways,
  paginateDescribeNetworkAcls,
  paginateDescribeNetworkInterfaces,
  paginateDescribeRouteTables,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateDescribeSubnets,
  paginateDescribeVolumes,
  paginateDescribeVpcEndpoints,
  paginateDescribeVpcs,
  type Address,
  type DescribeImagesCommandInput,
  type Filter,
  type Image,
  type Instance,
  type InternetGateway,
  type KeyPairInfo,
  type LaunchTemplate,
  type NatGateway,
  type NetworkAcl,
  type NetworkInterface,
  type RouteTable,
  type SecurityGroup,
  type SecurityGroupRule,
  type Subnet,
  type Volume,
  type Vpc,
  type VpcEndpoint,
  type VpnGateway,
} from '@aws-sdk/client-ec2';
import type { CallOptions } from '../calls.js';
import { callEc2 } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';

type Reader = Pick<Ec2Clients, 'repeating'>;

/**
 * Reads all things that match the filters. EC2 may answer with an empty page and a token that leads to more, so a read
 * ends only without a token. Fails as `callEc2` does.
 */
export const readAll = {
  vpcs: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<Vpc[]> =>
    readPages(
      'DescribeVpcs',
      (http) => paginateDescribeVpcs({ client }, { Filters }, http),
      (page) => page.Vpcs,
      options,
    ),

  subnets: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<Subnet[]> =>
    readPages(
      'DescribeSubnets',
      (http) => paginateDescribeSubnets({ client }, { Filters }, http),
      (page) => page.Subnets,
      options,
    ),

  internetGateways: (
    { repeating: client }: Reader,
    Filters: Filter[],
    options?: CallOptions,
  ): Promise<InternetGateway[]> =>
    readPages(
      'DescribeInternetGateways',
      (http) => paginateDescribeInternetGateways({ client }, { Filters }, http),
      (page) => page.InternetGateways,
      options,
    ),

  routeTables: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<RouteTable[]> =>
    readPages(
      'DescribeRouteTables',
      (http) => paginateDescribeRouteTables({ client }, { Filters }, http),
      (page) => page.RouteTables,
      options,
    ),

  securityGroups: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<SecurityGroup[]> =>
    readPages(
      'DescribeSecurityGroups',
      (http) => paginateDescribeSecurityGroups({ client }, { Filters }, http),
      (page) => page.SecurityGroups,
      options,
    ),

  securityGroupRules: (
    { repeating: client }: Reader,
    Filters: Filter[],
    options?: CallOptions,
  ): Promise<SecurityGroupRule[]> =>
    readPages(
      'DescribeSecurityGroupRules',
      (http) => paginateDescribeSecurityGroupRules({ client }, { Filters }, http),
      (page) => page.SecurityGroupRules,
      options,
    ),

  launchTemplates: (
    { repeating: client }: Reader,
    Filters: Filter[],
    options?: CallOptions,
  ): Promise<LaunchTemplate[]> =>
    readPages(
      'DescribeLaunchTemplates',
      (http) => paginateDescribeLaunchTemplates({ client }, { Filters }, http),
      (page) => page.LaunchTemplates,
      options,
    ),

  volumes: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<Volume[]> =>
    readPages(
      'DescribeVolumes',
      (http) => paginateDescribeVolumes({ client }, { Filters }, http),
      (page) => page.Volumes,
      options,
    ),

  networkInterfaces: (
    { repeating: client }: Reader,
    Filters: Filter[],
    options?: CallOptions,
  ): Promise<NetworkInterface[]> =>
    readPages(
      'DescribeNetworkInterfaces',
      (http) => paginateDescribeNetworkInterfaces({ client }, { Filters }, http),
      (page) => page.NetworkInterfaces,
      options,
    ),

  natGateways: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<NatGateway[]> =>
    readPages(
      'DescribeNatGateways',
      (http) => paginateDescribeNatGateways({ client }, { Filter: Filters }, http),
      (page) => page.NatGateways,
      options,
    ),

  vpcEndpoints: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<VpcEndpoint[]> =>
    readPages(
      'DescribeVpcEndpoints',
      (http) => paginateDescribeVpcEndpoints({ client }, { Filters }, http),
      (page) => page.VpcEndpoints,
      options,
    ),

  networkAcls: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<NetworkAcl[]> =>
    readPages(
      'DescribeNetworkAcls',
      (http) => paginateDescribeNetworkAcls({ client }, { Filters }, http),
      (page) => page.NetworkAcls,
      options,
    ),

  instances: ({ repeating: client }: Reader, Filters: Filter[], options?: CallOptions): Promise<Instance[]> =>
    readPages(
      'DescribeInstances',
      (http) => paginateDescribeInstances({ client, pageSize: 200 }, { Filters }, http),
      ({ Reservations }) => (Reservations ?? []).flatMap(({ Instances }) => Instances ?? []),
      options,
    ),

  /** EC2 gives these, key pairs and VPN gateways in one page. */
  addresses: async ({ repeating }: Reader, Filters: Filter[], options?: CallOptions): Promise<Address[]> => {
    const find = new DescribeAddressesCommand({ Filters });
    return (await callEc2('DescribeAddresses', (http) => repeating.send(find, http), options)).Addresses ?? [];
  },

  keyPairs: async ({ repeating }: Reader, Filters: Filter[], options?: CallOptions): Promise<KeyPairInfo[]> => {
    const find = new DescribeKeyPairsCommand({ Filters, IncludePublicKey: true });
    return (await callEc2('DescribeKeyPairs', (http) => repeating.send(find, http), options)).KeyPairs ?? [];
  },

  vpnGateways: async ({ repeating }: Reader, Filters: Filter[], options?: CallOptions): Promise<VpnGateway[]> => {
    const find = new DescribeVpnGatewaysCommand({ Filters });
    return (await callEc2('DescribeVpnGateways', (http) => repeating.send(find, http), options)).VpnGateways ?? [];
  },

  images: ({ repeating: client }: Reader, input: DescribeImagesCommandInput, options?: CallOptions): Promise<Image[]> =>
    readPages(
      'DescribeImages',
      // the paginator writes the token of the next page into its input
      (http) => paginateDescribeImages({ client }, { ...input }, http),
      (page) => page.Images,
      options,
    ),
} as const;

/** Reads all pages of one Describe, and starts anew when EC2 refuses a page for its rate. */
export async function readPages<Page, Item>(
  what: string,
  pages: (http: { readonly abortSignal?: AbortSignal }) => AsyncIterable<Page>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
  options?: CallOptions,
): Promise<Item[]> {
  return callEc2(
    what,
    async (http) => {
      const items: Item[] = [];
      for await (const page of pages(http)) items.push(...(itemsOf(page) ?? []));
      return items;
    },
    options,
  );
}
