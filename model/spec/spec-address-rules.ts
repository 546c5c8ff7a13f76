import { addressRange, canonicalCidr, cidrContains, cidrsOverlap } from './cidr.js';
import type { SpecDraft, SpecRule } from './spec-draft.js';
import type { SpecPath, SpecViolation } from './spec-problem.js';

/** Rules about zones and address ranges. */
export const addressRules: readonly SpecRule[] = [
  rangesBeginAtTheirFirstAddress,
  rangesHaveSizesThatAwsAllows,
  subnetsLieInTheVpc,
  subnetsAreApart,
  vpcPodsAndServicesAreApart,
  subnetsHoldTheNodes,
  podRangeHoldsTheNodes,
  zonesBelongToTheRegion,
  zonesHaveOneSubnet,
];

interface Range {
  readonly name: string;
  readonly path: SpecPath;
  readonly cidr: string;
}

function rangesBeginAtTheirFirstAddress(draft: SpecDraft): readonly SpecViolation[] {
  const allowed = (draft.access?.allowedCidrs ?? []).map((cidr, index) => ({
    name: 'allowed range',
    path: ['access', 'allowedCidrs', index],
    cidr,
  }));
  return [...clusterRanges(draft), ...subnetRanges(draft), ...allowed]
    .filter(({ cidr }) => canonicalCidr(cidr) !== cidr)
    .map(({ path, cidr }) => ({
      path,
      found: cidr,
      expected: `a range that begins at its first address: ${canonicalCidr(cidr)}`,
    }));
}

// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: /16 to /28, for VPC and subnets alike.
function rangesHaveSizesThatAwsAllows(draft: SpecDraft): readonly SpecViolation[] {
  return [...clusterRanges(draft).slice(0, 1), ...subnetRanges(draft)]
    .filter(({ cidr }) => addressRange(cidr).prefixLength < 16 || addressRange(cidr).prefixLength > 28)
    .map(({ path, cidr }) => ({ path, found: cidr, expected: 'a range from /16 to /28, as AWS allows' }));
}

function subnetsLieInTheVpc(draft: SpecDraft): readonly SpecViolation[] {
  const { network } = draft;
  if (network === undefined) return [];
  return subnetRanges(draft)
    .filter(({ cidr }) => !cidrContains(network.vpcCidr, cidr))
    .map(({ path, cidr }) => ({ path, found: cidr, expected: `a range inside the VPC, ${network.vpcCidr}` }));
}

function subnetsAreApart(draft: SpecDraft): readonly SpecViolation[] {
  return overlaps(subnetRanges(draft));
}

function vpcPodsAndServicesAreApart(draft: SpecDraft): readonly SpecViolation[] {
  return overlaps(clusterRanges(draft));
}

// https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html: AWS keeps five addresses of each subnet.
function subnetsHoldTheNodes({ network, nodes }: SpecDraft): readonly SpecViolation[] {
  if (network === undefined) return [];
  const sizes = network.subnets.map(({ cidr }) => 2 ** (32 - addressRange(cidr).prefixLength) - 5);
  const room = sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
  if (nodes.length <= room) return [];
  const expected = `room for all ${nodes.length}; AWS keeps five addresses of each subnet`;
  return [{ path: ['network', 'subnets'], found: `room for ${room} nodes`, expected }];
}

// kubeadm gives each node a /24 of the range of pods; a node that gets none never becomes Ready.
function podRangeHoldsTheNodes({ network, nodes }: SpecDraft): readonly SpecViolation[] {
  if (network === undefined) return [];
  const room = Math.floor(2 ** (24 - addressRange(network.podCidr).prefixLength));
  if (nodes.length <= room) return [];
  const expected = `a /24 for each of ${nodes.length} nodes: a range of /${24 - Math.ceil(Math.log2(nodes.length))} or larger`;
  return [{ path: ['network', 'podCidr'], found: `${network.podCidr}, which has ${room}`, expected }];
}

function zonesBelongToTheRegion({ network, region }: SpecDraft): readonly SpecViolation[] {
  if (network === undefined || region === undefined) return [];
  return network.subnets.flatMap(({ zone }, index) => {
    if (zone.startsWith(region) && zone.length > region.length) return [];
    const path = ['network', 'subnets', index, 'zone'];
    return [{ path, found: zone, expected: `a zone of ${region}, such as ${region}a` }];
  });
}

function zonesHaveOneSubnet({ network }: SpecDraft): readonly SpecViolation[] {
  const zones = network?.subnets.map((subnet) => subnet.zone) ?? [];
  return zones.flatMap((zone, index) => {
    const first = zones.indexOf(zone);
    if (first === index) return [];
    const path = ['network', 'subnets', index, 'zone'];
    return [{ path, found: `${zone} again`, expected: `one subnet a zone; network.subnets[${first}] has it` }];
  });
}

function overlaps(ranges: readonly Range[]): readonly SpecViolation[] {
  return ranges.flatMap(({ path, cidr }, index) => {
    const other = ranges.slice(0, index).find((earlier) => cidrsOverlap(earlier.cidr, cidr));
    if (other === undefined) return [];
    return [{ path, found: cidr, expected: `a range apart from the ${other.name}, ${other.cidr}` }];
  });
}

function clusterRanges({ network }: SpecDraft): readonly Range[] {
  if (network === undefined) return [];
  return [
    { name: 'VPC', path: ['network', 'vpcCidr'], cidr: network.vpcCidr },
    { name: 'range of pods', path: ['network', 'podCidr'], cidr: network.podCidr },
    { name: 'range of Services', path: ['network', 'serviceCidr'], cidr: network.serviceCidr },
  ];
}

function subnetRanges({ network }: SpecDraft): readonly Range[] {
  return (network?.subnets ?? []).map(({ zone, cidr }, index) => ({
    name: `subnet of ${zone}`,
    path: ['network', 'subnets', index, 'cidr'],
    cidr,
  }));
}
