import {
  DescribeAvailabilityZonesCommand,
  paginateDescribeInstanceTypeOfferings,
  paginateDescribeInstanceTypes,
  type DescribeInstanceTypeOfferingsCommandInput,
  type InstanceTypeInfo,
  type InstanceTypeOffering,
} from '@aws-sdk/client-ec2';
import type { InstanceTypeFact } from '../../model/facts/ec2-offers.js';
import type { CallOptions } from '../calls.js';
import { callEc2 } from './call-ec2.js';
import type { Ec2Clients } from './ec2-client.js';
import type { Ec2Catalog } from './ec2.js';
import { readPages } from './read-pages.js';

type Reader = Pick<Ec2Clients, 'repeating'>;

/** EC2 takes at most 200 values of one filter. */
const mostNames = 200;

/** Reads types and zones from EC2. */
export function createAwsEc2Catalog(clients: Reader): Ec2Catalog {
  return {
    async instanceTypes({ names }, options) {
      const parts = Array.from({ length: Math.ceil(names.length / mostNames) }, (_, part) =>
        names.slice(part * mostNames, (part + 1) * mostNames),
      );
      return (await Promise.all(parts.map((part) => describeTypes(clients, part, options)))).flat();
    },
    async instanceTypeNames(_region, options) {
      const offered = await offerings(clients, { LocationType: 'region' }, options);
      return offered.flatMap(({ InstanceType }) => InstanceType ?? []);
    },
    async zones({ region }, options) {
      const find = new DescribeAvailabilityZonesCommand({ Filters: [{ Name: 'region-name', Values: [region] }] });
      const found = await callEc2('DescribeAvailabilityZones', (http) => clients.repeating.send(find, http), options);
      return (found.AvailabilityZones ?? []).flatMap(({ ZoneName }) => ZoneName ?? []);
    },
  };
}

async function describeTypes(
  clients: Reader,
  names: readonly string[],
  options?: CallOptions,
): Promise<readonly InstanceTypeFact[]> {
  const Filters = [{ Name: 'instance-type', Values: [...names] }];
  const [types, offered] = await Promise.all([
    readPages(
      'DescribeInstanceTypes',
      (http) => paginateDescribeInstanceTypes({ client: clients.repeating }, { Filters }, http),
      (page) => page.InstanceTypes,
      options,
    ),
    offerings(clients, { LocationType: 'availability-zone', Filters }, options),
  ]);
  return types.flatMap((type) => {
    const zones = offered.filter(({ InstanceType }) => InstanceType === type.InstanceType);
    const fact = typeFact(
      type,
      zones.flatMap(({ Location }) => Location ?? []),
    );
    return fact === undefined ? [] : [fact];
  });
}

function typeFact(info: InstanceTypeInfo, zones: readonly string[]): InstanceTypeFact | undefined {
  const vcpus = info.VCpuInfo?.DefaultVCpus;
  const memoryMiB = info.MemoryInfo?.SizeInMiB;
  if (info.InstanceType === undefined || vcpus === undefined || memoryMiB === undefined) return undefined;
  const architectures = info.ProcessorInfo?.SupportedArchitectures ?? [];
  return { name: info.InstanceType, architectures, vcpus, memoryMiB, zones: zones.toSorted() };
}

/** Reads the zones that offer each type. */
function offerings(
  { repeating: client }: Reader,
  input: DescribeInstanceTypeOfferingsCommandInput,
  options?: CallOptions,
): Promise<InstanceTypeOffering[]> {
  return readPages(
    'DescribeInstanceTypeOfferings',
    (http) => paginateDescribeInstanceTypeOfferings({ client }, { ...input }, http),
    (page) => page.InstanceTypeOfferings,
    options,
  );
}
