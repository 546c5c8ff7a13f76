import type { NetworkFacts } from '../facts/facts.js';
import type { ClusterSpec } from '../spec/spec.js';
import { networkSteps } from '../step-table.js';
import { keysOf, networkRow, networkStep, type NetworkPart, type NetworkRowName, type StepId } from '../steps.js';
import type { Judged, StepDraft } from './plan.js';

/** The steps of the network in the order of the table, those of subnets by zone. */
export function planNetwork(spec: ClusterSpec, facts: NetworkFacts): readonly StepDraft[] {
  return keysOf(networkSteps).flatMap((name) => {
    const needs = needsOf(name, spec);
    if (name !== 'subnet') return [draft(name, needs, judgements[name](spec, facts))];
    return spec.network.subnets.map((subnet) => draft(`subnet-${subnet.zone}`, needs, judgeSubnet(subnet, facts)));
  });
}

/** What of the network an instance in one of these zones needs: the subnets there, and everything else that hosts use. */
export function networkOfHosts(spec: ClusterSpec, zones: readonly string[]): readonly StepId[] {
  return keysOf(networkSteps)
    .filter((name) => networkRow(name).hosts === true)
    .flatMap((name) => stepsOf(name, spec, (zone) => zones.includes(zone)));
}

function needsOf(name: NetworkRowName, spec: ClusterSpec): readonly StepId[] {
  const needs: readonly NetworkRowName[] = networkSteps[name].needs;
  return needs.flatMap((need) => stepsOf(need, spec, () => true));
}

function stepsOf(
  name: NetworkRowName,
  { network }: ClusterSpec,
  isMeant: (zone: string) => boolean,
): readonly StepId[] {
  if (name !== 'subnet') return [networkStep(name)];
  return network.subnets.filter(({ zone }) => isMeant(zone)).map(({ zone }) => networkStep(`subnet-${zone}`));
}

function draft(part: NetworkPart, needs: readonly StepId[], judged: Judged): StepDraft {
  return { step: networkStep(part), stage: 'network', needs, ...judged };
}

/** What each step of the network has to do, by what was found; subnets have their own. */
const judgements = {
  vpc: judgeVpc,
  'internet-gateway': (_, { internetGatewayId }) => judged({ id: internetGatewayId, wanted: null }),
  'route-table': judgeRoutes,
  'security-group': judgeSecurityGroup,
  'key-pair': ({ access }, { keyPairName }) => judged({ id: keyPairName, wanted: access.key }),
} as const satisfies Readonly<
  Record<Exclude<NetworkRowName, 'subnet'>, (spec: ClusterSpec, facts: NetworkFacts) => Judged>
>;

/** A VPC of an earlier build does not remember yet which worker secret is the right one. */
function judgeVpc({ network }: ClusterSpec, { vpcId: id, recordsSecret = false, strayTags }: NetworkFacts): Judged {
  const own = judged({ id, wanted: network.vpcCidr });
  const step = strayTags === undefined ? own : { ...own, note: `somebody changed tags: ${strayTags.join(', ')}` };
  if (id === undefined || !recordsSecret) return step;
  return {
    ...step,
    op: 'create',
    reason: `${id} exists; a tag of it shall remember the worker secret by its fingerprint`,
  };
}

function judgeRoutes(spec: ClusterSpec, facts: NetworkFacts): Judged {
  const subnets = spec.network.subnets.map((subnet) => judgeSubnet(subnet, facts));
  const wanted = subnets.map((subnet) => subnet.wanted);
  const servesAll = subnets.every(({ op }) => op === 'none');
  if (servesAll || facts.routeTableId === undefined) return judged({ id: facts.routeTableId, wanted });
  return { ...judged({ id: undefined, wanted }), reason: 'new subnets need its routes' };
}

/** What we opened and nobody wants open any more is closed; what somebody else opened is named. */
function judgeSecurityGroup(
  { access }: ClusterSpec,
  { securityGroupId: id, surplusRules = [], foreignRules = [] }: NetworkFacts,
): Judged {
  const own = judged({ id, wanted: access.allowedCidrs });
  const step = surplusRules.length === 0 ? own : { ...own, reason: `closes ${surplusRules.join(', ')}` };
  return foreignRules.length === 0 ? step : { ...step, note: `somebody else opened ${foreignRules.join(', ')}` };
}

function judgeSubnet(subnet: ClusterSpec['network']['subnets'][number], { subnets }: NetworkFacts): Judged {
  const found = subnets.find(({ zone }) => zone === subnet.zone);
  const own = judged({ id: found?.id, wanted: subnet });
  if (found === undefined || found.cidr === subnet.cidr) return own;
  return { ...own, note: `its range is ${found.cidr}, the spec says ${subnet.cidr}` };
}

/** By the id of what was found. */
function judged({ id, wanted }: { readonly id: string | undefined; readonly wanted: unknown }): Judged {
  return id === undefined
    ? { op: 'create', reason: 'none with our tags', wanted, found: id }
    : { op: 'none', reason: `${id} exists`, wanted, found: id };
}
