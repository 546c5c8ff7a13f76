import type { NetworkFacts } from '../facts/facts.js';
import type { StepDraft } from './plan.js';
import type { ClusterSpec } from '../spec/spec.js';
import type { NetworkPart } from '../steps.js';
import { networkStep } from '../steps.js';

/** The steps of the network in their order: VPC, subnets, gateway, routes, security group, key pair. */
export function planNetwork(spec: ClusterSpec, facts: NetworkFacts): readonly StepDraft[] {
  const vpc = networkStep('vpc');
  const gateway = networkStep('internet-gateway');
  const subnets = spec.network.subnets.map((subnet) => planSubnet(subnet, facts));
  const subnetSteps = subnets.map(({ step }) => step);
  const { allowedCidrs, key } = spec.access;
  const routes = { needs: [gateway, ...subnetSteps], wanted: subnets.map(({ wanted }) => wanted) };
  const routesServeAll = subnets.every(({ op }) => op === 'none');
  return [
    planVpc(spec.network.vpcCidr, facts),
    ...subnets,
    part('internet-gateway', { id: facts.internetGatewayId, needs: [vpc], wanted: null }),
    routesServeAll || facts.routeTableId === undefined
      ? part('route-table', { ...routes, id: facts.routeTableId })
      : { ...part('route-table', { ...routes, id: undefined }), reason: 'new subnets need its routes' },
    planSecurityGroup(allowedCidrs, facts),
    part('key-pair', { id: facts.keyPairName, needs: [], wanted: key }),
  ];
}

/** A VPC of an earlier build does not remember yet which worker secret is the right one. */
function planVpc(wanted: string, { vpcId: id, recordsSecret = false, strayTags }: NetworkFacts): StepDraft {
  const own = part('vpc', { id, needs: [], wanted });
  const step = strayTags === undefined ? own : { ...own, note: `somebody changed tags: ${strayTags.join(', ')}` };
  if (id === undefined || !recordsSecret) return step;
  return {
    ...step,
    op: 'create',
    reason: `${id} exists; a tag of it shall remember the worker secret by its fingerprint`,
  };
}

/** What we opened and nobody wants open any more is closed; what somebody else opened is named. */
function planSecurityGroup(allowedCidrs: readonly string[], facts: NetworkFacts): StepDraft {
  const { securityGroupId: id, surplusRules = [], foreignRules = [] } = facts;
  const own = part('security-group', { id, needs: [networkStep('vpc')], wanted: allowedCidrs });
  const step = surplusRules.length === 0 ? own : { ...own, reason: `closes ${surplusRules.join(', ')}` };
  return foreignRules.length === 0 ? step : { ...step, note: `somebody else opened ${foreignRules.join(', ')}` };
}

function planSubnet(subnet: ClusterSpec['network']['subnets'][number], facts: NetworkFacts): StepDraft {
  const found = facts.subnets.find(({ zone }) => zone === subnet.zone);
  const step = part(`subnet-${subnet.zone}`, { id: found?.id, needs: [networkStep('vpc')], wanted: subnet });
  if (found === undefined || found.cidr === subnet.cidr) return step;
  return { ...step, note: `its range is ${found.cidr}, the spec says ${subnet.cidr}` };
}

interface Part extends Pick<StepDraft, 'needs' | 'wanted'> {
  /** Of what was found. */
  readonly id: string | undefined;
}

function part(name: NetworkPart, { id, needs, wanted }: Part): StepDraft {
  const step = { step: networkStep(name), stage: 'network', needs, wanted, found: id } as const;
  return id === undefined
    ? { ...step, op: 'create', reason: 'none with our tags' }
    : { ...step, op: 'none', reason: `${id} exists` };
}
