import { decideInstance, endedLine, noCapacity } from '../model/plan/decide-instance.js';
import type { InstanceFact } from '../model/facts/facts.js';
import { instanceEnd } from '../model/plan/instance-end.js';
import { isLive } from '../model/plan/node-instance.js';
import type { PlanBody } from '../model/plan/plan.js';
import { RolloutError } from '../model/rollout-error.js';
import type { NodeSpec, SecretReference } from '../model/spec/spec.js';
import { hostUserData } from '../model/host/user-data.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import type { CallOptions } from '../systems/calls.js';
import { waitUntil, type Look, type Pace } from '../systems/wait-until.js';
import type { Ec2Compute, Ec2Network, RunInstanceRequest } from '../systems/ec2/ec2.js';
import type { HostIdentity } from '../systems/ssh/host-identity.js';
import { checkWorkerSecret } from './planning/check-worker-secret.js';
import { plannedNode, type NodeInput } from './planned-node.js';
import { withHeartbeat } from './with-heartbeat.js';

export type InstanceActivities = ReturnType<typeof createInstanceActivities>;

export interface InstanceDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly identity: HostIdentity;
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** Public half (`ssh-ed25519 AAAA…`, without a comment) of a private key. */
  readonly publicKeyOf: (privateKey: string) => string;
}

/** What is known of a node's instance once it runs. */
export interface EnsuredInstance {
  readonly changed: boolean;
  readonly instanceId: string;
  readonly generation: number;
  readonly zone: string;
  readonly type: string;
  /** The address that `access.address` names. */
  readonly address: string;
}

/**
 * Pause and deadline for looks at new instances. The deadline covers one whole attempt, so that the attempt ends before
 * the start-to-close time-out of its activity. EC2 takes 20 s as a rule; 10 minutes is Terraform's limit too.
 */
export interface InstancePace extends Pace {
  /** How long EC2 may not list the instance of a used token. Default 20 s. */
  readonly lagMs?: number;
}
const lagMs = 20_000;
export const instancePace: InstancePace = { everyMs: 2_000, deadlineMs: 10 * 60_000 };

/** What is done to the instances of a cluster. */
export function createInstanceActivities(dependencies: InstanceDependencies, pace: InstancePace = instancePace) {
  const { artifacts, ec2Compute } = dependencies;
  return {
    /**
     * Makes sure that the node has a running instance of its generation with an address. Tries the next zone or type
     * only after a definite refusal for capacity. Tries the next generation only if EC2 says that the token of this one
     * is used. EC2 remembers tokens longer than it shows ended instances by their tags.
     * Fails with `TimedOut` after 10 minutes, whatever was tried in them.
     *
     * Repeat: safe, also while a first attempt still runs. It finds the instance by its tags. It repeats an unseen
     * launch under the same ClientToken with the same bytes, which gives the same instance.
     */
    async ensureInstance(input: NodeInput): Promise<EnsuredInstance> {
      return withHeartbeat(async (options) => {
        const { body, node } = await plannedNode(artifacts, input);
        // what was refused, or ended, for lack of capacity while this attempt was on
        const full = new Set<string>();
        let { generation } = input.node;
        const endsAtMs = performance.now() + pace.deadlineMs;
        for (;;) {
          if (performance.now() > endsAtMs) throw launchedInVain(node, pace);
          const decision = decideInstance({ node, generation, instances: await instancesOf(body, node, options) });
          let instance = 'use' in decision ? decision.use : undefined;
          const candidate = 'use' in decision ? undefined : decision.launch.find((at) => !full.has(placeOf(at)));
          if (candidate !== undefined) {
            const request = await launchRequest(dependencies, { body, node, generation }, options);
            const launched = await launchAt(dependencies, request(candidate), options);
            if (launched === 'no capacity') full.add(placeOf(candidate));
            else if (launched !== 'token used') instance = launched;
            else if (!(await isListed({ body, node, generation, place: placeOf(candidate) }, options))) {
              if (generation - input.node.generation >= mostPassedOver) throw tokensUsed(node, generation);
              generation += 1;
            }
          } else if (instance === undefined) throw noCapacity(node);
          if (instance === undefined) continue;
          const ended = await untilRunning(dependencies, { body, instance, pace, endsAtMs }, options);
          if (isLive(ended)) return ensured(body, ended, candidate !== undefined);
          failUnlessForCapacity(node, ended);
          full.add(placeOf(ended));
        }
      });
    },
  };

  function instancesOf({ spec }: PlanBody, { name }: NodeSpec, options: CallOptions): Promise<readonly InstanceFact[]> {
    return ec2Compute.describeInstances({ cluster: spec.cluster, nodes: [name] }, options);
  }

  /**
   * Whether EC2 lists, once its lag is over, an instance that decides: one that lives, or the ended one of this token. Else
   * the one that used the token is forgotten, or EC2 refused its launch.
   */
  async function isListed(
    token: { readonly body: PlanBody; readonly node: NodeSpec; readonly generation: number; readonly place: string },
    options: Required<CallOptions>,
  ): Promise<boolean> {
    const { body, node, generation, place } = token;
    const decides = (instance: InstanceFact): boolean =>
      isLive(instance)
        ? instance.generation >= generation
        : instance.generation === generation && placeOf(instance) === place;
    const look = async (): Promise<Look<true>> =>
      (await instancesOf(body, node, options)).some(decides)
        ? { done: true }
        : { waitsFor: `looks for the instance of generation ${generation}` };
    const patience = { everyMs: pace.everyMs, deadlineMs: pace.lagMs ?? lagMs };
    return 'done' in (await waitUntil(look, patience, options));
  }
}

function placeOf({ type, zone }: { readonly type: string; readonly zone: string }): string {
  return `${type} in ${zone}`;
}

/** A launch that ended for lack of capacity goes on elsewhere; any other end fails. */
function failUnlessForCapacity(node: NodeSpec, instance: InstanceFact): void {
  const type = instanceEnd(instance.stateReason);
  if (type !== 'AwsCapacity') throw new RolloutError(type, endedLine(node.name, instance));
}

function launchedInVain({ name }: NodeSpec, pace: InstancePace): RolloutError {
  const expected = `expected a running instance after ${pace.deadlineMs / 1_000} s`;
  return new RolloutError(
    'TimedOut',
    `node ${name}: ${expected}, found that EC2 ended the launched ones for lack of capacity`,
  );
}

/** So many generations whose instances EC2 has forgotten are passed over. */
const mostPassedOver = 20;

function tokensUsed(node: NodeSpec, generation: number): RolloutError {
  const found = `used tokens of ${mostPassedOver + 1} generations up to ${generation}`;
  return new RolloutError(
    'LaunchTokenUsed',
    `node ${node.name}: expected a generation without a launch, found ${found}`,
  );
}

/** Launches at one place, unless EC2 says that it has no capacity there, or that this generation was launched before. */
async function launchAt(
  { ec2Compute }: InstanceDependencies,
  request: RunInstanceRequest,
  options: Required<CallOptions>,
): Promise<InstanceFact | 'no capacity' | 'token used'> {
  options.onProgress(`launches ${request.type} in ${request.zone}`);
  try {
    return await ec2Compute.runInstance(request, options);
  } catch (error) {
    if (error instanceof RolloutError && error.type === 'AwsCapacity') return 'no capacity';
    if (error instanceof RolloutError && error.type === 'LaunchTokenUsed') return 'token used';
    throw error;
  }
}

/** Waits until an instance runs and has its address, or has ended. */
async function untilRunning(
  { ec2Compute }: InstanceDependencies,
  wait: {
    readonly body: PlanBody;
    readonly instance: InstanceFact;
    readonly pace: InstancePace;
    readonly endsAtMs: number;
  },
  options: Required<CallOptions>,
): Promise<InstanceFact> {
  const { spec } = wait.body;
  let seen = wait.instance;
  const look = async (): Promise<Look<InstanceFact>> => {
    const instances = await ec2Compute.describeInstances({ cluster: spec.cluster, nodes: [seen.node] }, options);
    // what was just launched may not be listed yet
    seen = instances.find(({ id }) => id === wait.instance.id) ?? seen;
    const isUp = seen.state === 'running' && addressOf(wait.body, seen) !== undefined;
    return isUp || !isLive(seen) ? { done: seen } : { waitsFor: `${seen.id} is ${seen.state}` };
  };
  const { everyMs, deadlineMs } = wait.pace;
  const outcome = await waitUntil(look, { everyMs, deadlineMs: wait.endsAtMs - performance.now() }, options);
  if ('done' in outcome) return outcome.done;
  const wanted = `running with a ${spec.access.address} address after ${deadlineMs / 1_000} s`;
  throw new RolloutError('TimedOut', `node ${seen.node}: ${seen.id}: expected ${wanted}, found ${seen.state}`);
}

/** The launch of a node, but for where and as what: equal for every attempt of a generation, to the byte. */
async function launchRequest(
  dependencies: InstanceDependencies,
  launch: { readonly body: PlanBody; readonly node: NodeSpec; readonly generation: number },
  options: CallOptions,
): Promise<(at: { readonly type: string; readonly zone: string }) => RunInstanceRequest> {
  const { body, node, generation } = launch;
  const { cluster, access } = body.spec;
  const imageId = body.plan.image?.id;
  if (imageId === undefined) throw new RolloutError('PlanMissing', `node ${node.name}: its plan launches nothing`);
  const owner = { cluster, allowedCidrs: access.allowedCidrs };
  const network = await dependencies.ec2Network.describeNetwork(owner, options);
  // a host with a key of another secret would be a stranger to every other worker
  checkWorkerSecret(dependencies.identity, { cluster, network });
  const { securityGroupId, keyPairName } = network;
  if (securityGroupId === undefined || keyPairName === undefined) {
    const missing = securityGroupId === undefined ? 'security group' : 'key pair';
    throw new RolloutError(
      'AwsUnavailable',
      `node ${node.name}: expected the cluster's ${missing}, found none with our tags`,
    );
  }
  const userData = hostUserData({
    hostname: node.name,
    hostKey: dependencies.identity.firstKey({ cluster, node: node.name, generation }),
    user: access.user,
    authorizedKey: dependencies.publicKeyOf(await dependencies.readSecret(access.key)),
  });
  const fixed = { cluster, node: node.name, generation, securityGroupId, keyPairName, userData };
  return ({ type, zone }) => {
    const subnetId = network.subnets.find((subnet) => subnet.zone === zone)?.id;
    if (subnetId !== undefined) {
      return { ...fixed, type, zone, subnetId, imageId, diskGiB: node.diskGiB };
    }
    throw new RolloutError(
      'AwsUnavailable',
      `node ${node.name}: expected a subnet in ${zone}, found none with our tags`,
    );
  };
}

function ensured(body: PlanBody, instance: InstanceFact, changed: boolean): EnsuredInstance {
  const { id: instanceId, generation, zone, type } = instance;
  return { changed, instanceId, generation, zone, type, address: addressOf(body, instance) ?? '' };
}

function addressOf({ spec }: PlanBody, instance: InstanceFact): string | undefined {
  return spec.access.address === 'public' ? instance.publicAddress : instance.privateAddress;
}
