import { createHash } from 'node:crypto';
import type { InstanceFact } from '../../model/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { World } from './world.js';

/** EC2's network part, simulated: each thing once per cluster, found again by whoever asks. */
export function createSimulatedEc2Network(world: World): Ec2Network {
  const { things } = world;
  const made = (effect: string, prefix: string): string => {
    const id = newId(world, prefix);
    world.note({ system: 'ec2', effect, key: id });
    return id;
  };
  return {
    async describeNetwork() {
      const { vpcId, internetGatewayId, routeTableId, securityGroupId, keyPair, subnets } = things;
      return {
        ...(vpcId === undefined ? {} : { vpcId }),
        ...(internetGatewayId === undefined ? {} : { internetGatewayId }),
        ...(routeTableId === undefined ? {} : { routeTableId }),
        ...(securityGroupId === undefined ? {} : { securityGroupId }),
        ...(keyPair === undefined ? {} : { keyPairName: keyPair.name }),
        subnets: [...subnets],
      };
    },
    async createVpc() {
      return (things.vpcId ??= made('CreateVpc', 'vpc'));
    },
    async createSubnet({ zone, cidr }) {
      const known = things.subnets.find((subnet) => subnet.cidr === cidr);
      if (known !== undefined) return known.id;
      const id = made('CreateSubnet', 'subnet');
      things.subnets.push({ zone, cidr, id });
      return id;
    },
    async createInternetGateway() {
      return (things.internetGatewayId ??= made('CreateInternetGateway', 'igw'));
    },
    async createRouteTable() {
      return (things.routeTableId ??= made('CreateRouteTable', 'rtb'));
    },
    async createSecurityGroup() {
      return (things.securityGroupId ??= made('CreateSecurityGroup', 'sg'));
    },
  };
}

/** EC2's instances, simulated: ClientToken, states over time, zones without capacity. */
export function createSimulatedEc2Compute(world: World): Ec2Compute {
  const { things } = world;
  const asNow = ({
    token: _token,
    readyAtMs,
    sshAtMs: _ssh,
    ...instance
  }: (typeof things.instances)[number]): InstanceFact =>
    instance.state === 'pending' && Date.now() >= readyAtMs ? { ...instance, state: 'running' } : instance;
  return {
    account: async () => '000000000000',
    resolveImage: async () => ({ id: 'ami-00000000000000000', name: 'simulated image' }),
    async describeInstances() {
      world.throttle('DescribeInstances');
      return things.instances.map(asNow);
    },
    async runInstance(request) {
      const token = createHash('sha256')
        .update([request.cluster, request.node, request.generation, request.zone, request.type].join('/'))
        .digest('hex')
        .slice(0, 32);
      const known = things.instances.find((instance) => instance.token === token);
      if (known !== undefined) return asNow(known);
      if (world.hasFault('no capacity', request.zone)) {
        throw new RolloutError(
          'AwsCapacity',
          `RunInstances: no ${request.type} in ${request.zone} (InsufficientInstanceCapacity) [simulated]`,
        );
      }
      const readyAtMs = Date.now() + world.durations.instance * 1000;
      const instance = {
        node: request.node,
        generation: request.generation,
        id: newId(world, 'i'),
        state: 'pending' as const,
        zone: request.zone,
        type: request.type,
        imageId: request.imageId,
        privateAddress: `198.18.0.${10 + things.instances.length}`,
        token,
        readyAtMs,
        sshAtMs: readyAtMs + world.durations.boot * 1000,
      };
      things.instances.push(instance);
      world.note({ system: 'ec2', effect: 'RunInstances', key: token, node: request.node });
      return asNow(instance);
    },
    async terminateInstance({ id }) {
      const instance = things.instances.find((one) => one.id === id);
      if (instance === undefined || instance.state === 'terminated') return;
      instance.state = 'terminated';
      world.note({ system: 'ec2', effect: 'TerminateInstances', key: id, node: instance.node });
    },
    describeKeyPair: async () => things.keyPair,
    async importKeyPair({ cluster, publicKey }) {
      if (things.keyPair !== undefined) return things.keyPair.name;
      things.keyPair = { name: `groundswell-${cluster}`, publicKey };
      world.note({ system: 'ec2', effect: 'ImportKeyPair', key: things.keyPair.name });
      return things.keyPair.name;
    },
  };
}

function newId(world: World, prefix: string): string {
  return `${prefix}-${world.nextNumber().toString(16).padStart(17, '0')}`;
}
