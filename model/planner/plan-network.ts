import type { NetworkFacts } from '../facts/facts.js';
import type { ClusterSpec } from '../spec/spec.js';
import { networkSteps } from '../step-table.js';
import {
  keysOf,
  networkRow,
  networkRowName,
  networkStep,
  type NetworkPart,
  type NetworkRowName,
  type StepId,
} from '../steps.js';
import type { Judged, StepDraft } from '../plan/plan.js';

/** The steps of the network in the order of the table, those of subnets by zone. */
export function planNetwork(spec: ClusterSpec, facts: NetworkFacts): readonly StepDraft[] {
  return keysOf(networkSteps).flatMap((name) => {
    const needs = needsOf(name, spec);
    if (name !== 'subnet') return [draft(name, needs, judgePart(name, { spec, facts }))];
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

type SingleName = Exclude<NetworkRowName, 'subnet'>;

/** Plans a step of the network from the observed facts; subnets have their own function. */
function judgePart(name: SingleName, seen: NetworkSeen): Judged {
  const own = judgements[name];
  return own === undefined ? judge(name, seen.facts, { id: idOf(name, seen.facts), wanted: null }) : own(seen);
}

function idOf(name: SingleName, facts: NetworkFacts): string | undefined {
  return facts[networkSteps[name].fact];
}

/** Of steps that are about more than whether something is there. */
const judgements: Readonly<Partial<Record<SingleName, (seen: NetworkSeen) => Judged>>> = {
  vpc: judgeVpc,
  'route-table': judgeRoutes,
  'security-group': judgeSecurityGroup,
  'key-pair': ({ spec, facts }) => judge('key-pair', facts, { id: facts.keyPairName, wanted: spec.access.key }),
};

interface NetworkSeen {
  readonly spec: ClusterSpec;
  readonly facts: NetworkFacts;
}

/** A VPC of an earlier build does not remember yet which worker secret is the right one. */
function judgeVpc({ spec, facts }: NetworkSeen): Judged {
  const { vpcId: id, recordsSecret = false, strayTags } = facts;
  const own = judge('vpc', facts, { id, wanted: spec.network.vpcCidr });
  const judged = strayTags === undefined ? own : { ...own, note: `somebody changed tags: ${strayTags.join(', ')}` };
  if (id === undefined || !recordsSecret) return judged;
  return {
    ...judged,
    op: 'change',
    reason: `${id} exists; a tag will record the fingerprint of the worker secret`,
  };
}

function judgeRoutes({ spec, facts }: NetworkSeen): Judged {
  const subnets = spec.network.subnets.map((subnet) => judgeSubnet(subnet, facts));
  const wanted = subnets.map((subnet) => subnet.wanted);
  const own = judge('route-table', facts, { id: facts.routeTableId, wanted });
  if (own.op !== 'none' || subnets.every(({ op }) => op === 'none')) return own;
  return { op: 'change', reason: 'new subnets need its routes', wanted };
}

/** Closes rules of ours that nobody wants any more; names rules of others. */
function judgeSecurityGroup({ spec, facts }: NetworkSeen): Judged {
  const { securityGroupId: id, surplusRules = [], foreignRules = [] } = facts;
  const own = judge('security-group', facts, { id, wanted: spec.access.allowedCidrs });
  const surplus = `it has rules that the spec does not want: ${surplusRules.join(', ')}`;
  const reason = own.op === 'change' ? `${own.reason}; ${surplus}` : surplus;
  const judged: Judged = surplusRules.length === 0 ? own : { ...own, op: 'change', reason };
  return foreignRules.length === 0 ? judged : { ...judged, note: `somebody else opened ${foreignRules.join(', ')}` };
}

function judgeSubnet(subnet: ClusterSpec['network']['subnets'][number], facts: NetworkFacts): Judged {
  const found = facts.subnets.find(({ zone }) => zone === subnet.zone);
  const own = judge(`subnet-${subnet.zone}`, facts, { id: found?.id, wanted: subnet });
  if (found === undefined || found.cidr === subnet.cidr) return own;
  return { ...own, note: `its range is ${found.cidr}, the spec says ${subnet.cidr}` };
}

/** By the id of what was found whole, and by what was found half made. */
function judge(part: NetworkPart, { halfMade = [] }: NetworkFacts, { id, wanted }: Wanted): Judged {
  if (id !== undefined) return { op: 'none', reason: `${id} exists`, wanted, found: id };
  if (!halfMade.includes(part)) return { op: 'create', reason: 'none with our tags', wanted };
  return { op: 'change', reason: networkRow(networkRowName(part)).lacks ?? 'it is not complete yet', wanted };
}

interface Wanted extends Pick<Judged, 'wanted'> {
  /** Of what was found whole. */
  readonly id: string | undefined;
}
