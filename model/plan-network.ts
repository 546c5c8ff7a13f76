import type { NetworkFacts } from './facts.js';
import type { PlanStep } from './plan.js';
import type { ClusterSpec } from './spec.js';
import type { NetworkPart, StepId } from './steps.js';
import { networkStep } from './steps.js';

/** The steps of the network in their order: VPC, subnets, gateway, routes, security group, key pair. */
export function planNetwork(spec: ClusterSpec, facts: NetworkFacts): readonly PlanStep[] {
  const vpc = networkStep('vpc');
  const gateway = networkStep('internet-gateway');
  const subnets = spec.network.subnets.map((subnet) => planSubnet(subnet, facts));
  const subnetSteps = subnets.map(({ step }) => step);
  const routesServeAll = subnets.every(({ op }) => op === 'none');
  return [
    part('vpc', facts.vpcId, []),
    ...subnets,
    part('internet-gateway', facts.internetGatewayId, [vpc]),
    routesServeAll || facts.routeTableId === undefined
      ? part('route-table', facts.routeTableId, [gateway, ...subnetSteps])
      : { ...part('route-table', undefined, [gateway, ...subnetSteps]), reason: 'new subnets need its routes' },
    part('security-group', facts.securityGroupId, [vpc]),
    part('key-pair', facts.keyPairName, []),
  ];
}

function planSubnet(subnet: ClusterSpec['network']['subnets'][number], facts: NetworkFacts): PlanStep {
  const found = facts.subnets.find(({ zone }) => zone === subnet.zone);
  const step = part(`subnet-${subnet.zone}`, found?.id, [networkStep('vpc')]);
  if (found === undefined || found.cidr === subnet.cidr) return step;
  return { ...step, note: `its range is ${found.cidr}, the spec says ${subnet.cidr}` };
}

function part(name: NetworkPart, id: string | undefined, needs: readonly StepId[]): PlanStep {
  const step = { step: networkStep(name), stage: 'network', needs } as const;
  return id === undefined
    ? { ...step, op: 'create', reason: 'none with our tags' }
    : { ...step, op: 'none', reason: `${id} exists` };
}
