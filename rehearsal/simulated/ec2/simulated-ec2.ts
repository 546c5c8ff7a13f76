import type { InstanceFact } from '../../../model/facts/facts.js';
import { canonicalJson } from '../../../model/json/canonical-json.js';
import { RolloutError } from '../../../model/rollout-error.js';
import type { Ec2Compute, RunInstanceRequest } from '../../../systems/ec2/ec2.js';
import { instanceToken } from '../../../systems/ec2/instance-token.js';
import type { World } from '../world.js';

/** EC2's instances, simulated: ClientToken, states over time, zones without capacity. */
export function createSimulatedEc2Compute(world: World): Ec2Compute {
  const { things } = world;
  const asNow = ({
    token: _token,
    request: _request,
    readyAtMs,
    sshAtMs: _ssh,
    ...instance
  }: (typeof things.instances)[number]): InstanceFact =>
    instance.state === 'pending' && Date.now() >= readyAtMs ? { ...instance, state: 'running' } : instance;
  return {
    account: async () => '000000000000',
    resolveImage: async (image) => ({
      id: 'ami-00000000000000000',
      name: 'simulated image',
      ...('name' in image ? { architecture: /arm64|aarch64/.test(image.name) ? 'arm64' : 'x86_64' } : {}),
    }),
    async describeInstances({ nodes }) {
      world.throttle('DescribeInstances');
      // ended instances lose their tags within the hour: then nobody finds them by tags any more
      return things.instances
        .filter(({ node, id }) => (nodes?.includes(node) ?? true) && !things.forgotten.has(id))
        .map(asNow);
    },
    async runInstance(request) {
      const token = instanceToken(request);
      const known = things.instances.find((instance) => instance.token === token);
      if (known !== undefined) return asNow(sameRequest(known, request));
      if (world.hasFault('no capacity', request.zone)) {
        throw new RolloutError(
          'AwsCapacity',
          `RunInstances: no ${request.type} in ${request.zone} (InsufficientInstanceCapacity) [simulated]`,
        );
      }
      const readyAtMs = Date.now() + (world.durations.instance ?? 0) * 1000;
      const instance = {
        node: request.node,
        generation: request.generation,
        id: newId(world, 'i'),
        state: 'pending' as const,
        zone: request.zone,
        type: request.type,
        imageId: request.imageId,
        diskGiB: request.diskGiB,
        privateAddress: addressOf(10 + things.instances.length),
        token,
        request: canonicalJson(request),
        readyAtMs,
        sshAtMs: readyAtMs + (world.durations.reachable ?? 0) * 1000,
      };
      things.instances.push(instance);
      const [, hostKey] = /ed25519_public: "([^"]+)"/.exec(request.userData) ?? [];
      if (hostKey !== undefined) things.hostKeys.set(instance.id, hostKey);
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

/** The first launch with a token, if its instance still exists; EC2 refuses all else. */
function sameRequest(
  known: World['things']['instances'][number],
  request: RunInstanceRequest,
): World['things']['instances'][number] {
  // an instance that lives under the token is taken, whatever was asked for then
  if (known.state !== 'terminated') return known;
  const code =
    known.request === canonicalJson(request) ? 'IdempotentInstanceTerminated' : 'IdempotentParameterMismatch';
  throw new RolloutError('LaunchTokenUsed', `RunInstances ${request.node}: ${code} [simulated]`);
}

/** The address of that number in 198.18.0.0/15, which nobody has. */
function addressOf(number: number): string {
  return `198.18.${Math.floor(number / 256)}.${number % 256}`;
}

function newId(world: World, prefix: string): string {
  return `${prefix}-${world.nextNumber().toString(16).padStart(17, '0')}`;
}
