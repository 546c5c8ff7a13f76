import type { InstanceTypeFact } from '../facts/ec2-offers.js';
import type { ClusterFacts } from '../facts/facts.js';
import { nearestWord, oneOf } from '../spec/nearest-word.js';
import type { ClusterSpec, NodeSpec } from '../spec/spec.js';
import { instanceOf } from './node-instance.js';

/** So many nodes of one sentence are named, the others counted. */
const mostNamed = 3;

/**
 * One sentence for each thing that EC2, or kubeadm on such an instance, would refuse after others were bought. It
 * covers missing subnets, and nodes without an instance. What could not be asked for is refused by nobody.
 */
export function refusedLaunches(spec: ClusterSpec, facts: ClusterFacts): readonly string[] {
  if (facts.offers === undefined) return [];
  const { zones, types } = facts.offers;
  const inZones = 'unknown' in zones ? [] : unknownZones(spec, facts, zones);
  if ('unknown' in types) return inZones;
  const launches = nodesToLaunch(spec, facts).flatMap((node) =>
    node.instanceTypes.map((name) => ({ node, name, type: types.find((type) => type.name === name) })),
  );
  const ofTypes = [...Map.groupBy(launches, ({ name }) => name)].flatMap(([name, same]) =>
    typeProblems({ spec, facts, name, type: same[0]?.type }).map(
      (problem) => `${nodesText(same.map(({ node }) => node.name))}: ${problem}`,
    ),
  );
  return [...inZones, ...ofTypes, ...unoffered(spec, facts, types), ...smallControlPlanes(spec, launches)];
}

/** What is to be said of the types of a node that nobody refuses for it; `undefined` when nothing is. */
export function offersNote(spec: ClusterSpec, node: NodeSpec, facts: ClusterFacts): string | undefined {
  if (facts.offers === undefined) return undefined;
  const { types, zones } = facts.offers;
  const unknown = [types, zones].flatMap((seen) => ('unknown' in seen ? [seen.unknown] : []));
  if (unknown.length > 0) {
    // once for all nodes, with the first that is launched
    if (nodesToLaunch(spec, facts)[0]?.name !== node.name) return undefined;
    return `it is unknown whether EC2 has the types and zones of the spec: ${unknown.join('; ')}`;
  }
  if ('unknown' in types) return undefined;
  const missing = node.instanceTypes.filter((name) => !types.some((type) => type.name === name));
  return missing.length === 0 ? undefined : `EC2 has no type ${missing.join(' and no type ')} in ${spec.region}`;
}

function nodesToLaunch(spec: ClusterSpec, { instances }: ClusterFacts): readonly NodeSpec[] {
  return spec.nodes.filter(({ name }) => instanceOf(name, instances).live === undefined);
}

function unknownZones(
  { network, region }: ClusterSpec,
  { network: { subnets } }: ClusterFacts,
  zones: readonly string[],
): readonly string[] {
  return network.subnets
    .filter(({ zone }) => !zones.includes(zone) && !subnets.some((subnet) => subnet.zone === zone))
    .map(({ zone }) => `network.subnets: expected ${oneOf(zones, zone)}; EC2 has no zone ${zone} in ${region}`);
}

interface TypeInQuestion {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly name: string;
  /** `undefined` where EC2 has none of this name. */
  readonly type: InstanceTypeFact | undefined;
}

function typeProblems({ spec, facts: { image, offers }, name, type }: TypeInQuestion): readonly string[] {
  if (type === undefined) {
    const near = nearestWord(name, offers?.typeNames ?? []);
    const meant = near === undefined ? '' : `; did you mean ${near}?`;
    return [`expected an instance type that EC2 has in ${spec.region}, found ${name}${meant}`];
  }
  const { architecture } = image;
  if (architecture === undefined || type.architectures.includes(architecture)) return [];
  const ofImage = `${architecture}, as image ${image.id} (${image.name}) is`;
  return [`expected a type for ${ofImage}, found ${name}, which EC2 says is ${type.architectures.join(' or ')}`];
}

/** Nodes none of whose types is offered in any of their zones. */
function unoffered(spec: ClusterSpec, facts: ClusterFacts, types: readonly InstanceTypeFact[]): readonly string[] {
  const refused = nodesToLaunch(spec, facts).flatMap((node) => {
    const known = node.instanceTypes.flatMap((name) => types.find((type) => type.name === name) ?? []);
    const isOffered = known.some((type) => type.zones.some((zone) => node.zones.includes(zone)));
    if (isOffered || known.length < node.instanceTypes.length) return [];
    const places = known.map(({ name, zones }) => `${name} in ${zones.length === 0 ? 'none' : zones.join(', ')}`);
    const wanted = `${node.instanceTypes.join(' or ')} in ${node.zones.join(' or ')}`;
    return [
      { node: node.name, problem: `expected ${wanted}; of the zones of ${spec.region}, EC2 has ${places.join('; ')}` },
    ];
  });
  return [...Map.groupBy(refused, ({ problem }) => problem)].map(
    ([problem, same]) => `${nodesText(same.map(({ node }) => node))}: ${problem}`,
  );
}

/** kubeadm's constants ControlPlaneMem and ControlPlaneNumCPU. Its preflight is what refuses them, unless told not to. */
const wanted = { memoryMiB: 1_700, vcpus: 2 };

function smallControlPlanes(
  { kubernetes }: ClusterSpec,
  launches: readonly { readonly node: NodeSpec; readonly type: InstanceTypeFact | undefined }[],
): readonly string[] {
  const ignored = kubernetes.ignorePreflightErrors.map((check) => check.toLowerCase());
  const isIgnored = (check: string): boolean => ignored.includes(check) || ignored.includes('all');
  return launches.flatMap(({ node, type }) => {
    if (node.role !== 'control-plane' || type === undefined) return [];
    const isSmall = type.memoryMiB < wanted.memoryMiB && !isIgnored('mem');
    const isSlow = type.vcpus < wanted.vcpus && !isIgnored('numcpu');
    if (!isSmall && !isSlow) return [];
    const found = `${type.name} with ${type.memoryMiB} MiB and ${type.vcpus} vCPU`;
    return [`node ${node.name}: kubeadm expects 1,700 MiB and 2 vCPUs for the control plane, found ${found}`];
  });
}

function nodesText(names: readonly string[]): string {
  if (names.length === 1) return `node ${names[0] ?? ''}`;
  const more = names.length - mostNamed;
  return `nodes ${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
