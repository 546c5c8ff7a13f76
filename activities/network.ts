import type { NetworkFacts } from '../model/facts/facts.js';
import { RolloutError } from '../model/rollout-error.js';
import type { PlanBody } from '../model/plan/plan.js';
import type { ClusterSpec, SecretReference } from '../model/spec/spec.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import type { CallOptions } from '../systems/calls.js';
import { waitUntil, type Look, type Pace } from '../systems/wait-until.js';
import type { Ec2Network } from '../systems/ec2/ec2.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';
import { checkWorkerSecret } from './planning/check-worker-secret.js';
import { planBody } from './plan-body.js';
import { secretToRecord, type SecretToRecordDependencies } from './planning/secret-to-record.js';
import { withHeartbeat } from './with-heartbeat.js';

export type NetworkActivities = ReturnType<typeof createNetworkActivities>;

export interface NetworkDependencies extends SecretToRecordDependencies {
  readonly artifacts: Artifacts;
  readonly ec2Network: Ec2Network;
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  /** Public half (`ssh-ed25519 AAAA…`, without a comment) of a private key. */
  readonly publicKeyOf: (privateKey: string) => string;
}

export interface NetworkInput {
  readonly plan: PlanReference;
}
export interface EnsuredNetworkPart {
  readonly changed: boolean;
  /** Id at EC2; of a key pair its name. */
  readonly id: string;
}

/** How one part of the network is seen and made. */
interface Part {
  readonly name: string;
  readonly seen: (network: NetworkFacts, body: PlanBody) => string | undefined;
  readonly create: (
    network: NetworkFacts,
    context: { readonly spec: ClusterSpec; readonly options: CallOptions },
  ) => Promise<string>;
}

/** How often and how long a new part is looked for by its tags; EC2 lists it within seconds as a rule. */
export const networkPace: Pace = { everyMs: 1_000, deadlineMs: 120_000 };

/** What is done to the network of a cluster. Each part is found by its tags; a half-made one is finished. */
export function createNetworkActivities(dependencies: NetworkDependencies, pace: Pace = networkPace) {
  const { artifacts, ec2Network, ec2Compute } = dependencies;

  /** Observes, makes the part when it is missing or half-made, and looks again until its tags show it. */
  async function ensure({ plan }: NetworkInput, part: Part): Promise<EnsuredNetworkPart> {
    return withHeartbeat(async (options) => {
      const body = await planBody(artifacts, plan);
      const { spec } = body;
      const owner = { cluster: spec.cluster, allowedCidrs: spec.access.allowedCidrs };
      const network = await ec2Network.describeNetwork(owner, options);
      const known = part.seen(network, body);
      if (known !== undefined) return { changed: false, id: known };
      options.onProgress(`makes the ${part.name}`);
      await part.create(network, { spec, options });
      const look = async () => part.seen(await ec2Network.describeNetwork(owner, options), body);
      return { changed: true, id: await untilSeen(part.name, look, options) };
    });
  }

  /** Looks again until a new part is listed: the next steps find it by its tags, and must not ask in vain. */
  async function untilSeen(
    part: string,
    look: () => Promise<string | undefined>,
    options: Required<CallOptions>,
  ): Promise<string> {
    const lookOnce = async (): Promise<Look<string>> => {
      const id = await look();
      return id === undefined ? { waitsFor: `waits until the ${part} is visible` } : { done: id };
    };
    const outcome = await waitUntil(lookOnce, pace, options);
    if ('done' in outcome) return outcome.done;
    const limit = `${pace.deadlineMs / 1_000} s after its creation`;
    throw new RolloutError('TimedOut', `${part}: expected one with our tags ${limit}, found none`);
  }

  return {
    /**
     * Makes sure that the cluster has its VPC, and that a tag of it remembers the worker secret by its fingerprint. A secret
     * is made where there is none yet and no instance of the cluster lives. Fails with `WorkerSecretWrong` when the tag
     * remembers another one, `WorkerSecretMissing` when there is none and none may be made.
     *
     * Repeat: safe. It is found by its tags; of two that a lost answer or a second worker made, the oldest stays. A
     * fingerprint that is there is compared, and never changed.
     */
    async ensureVpc(input: NetworkInput): Promise<EnsuredNetworkPart> {
      let isProved = true;
      return ensure(input, {
        name: 'VPC',
        seen(network, { plan, spec }) {
          const { vpcId, workerSecret } = network;
          if (workerSecret !== undefined) checkWorkerSecret(dependencies.identity, { cluster: spec.cluster, network });
          const isOnlyLookedAt = plan.steps.some(({ step, op }) => step === 'network/vpc' && op === 'none');
          return workerSecret !== undefined || isOnlyLookedAt || !isProved ? vpcId : undefined;
        },
        async create({ vpcId }, { spec, options }) {
          const { cluster } = spec;
          const fingerprint = await secretToRecord(dependencies, spec, options);
          isProved = fingerprint !== undefined;
          const tag = fingerprint === undefined ? {} : { workerSecret: fingerprint };
          if (vpcId === undefined) {
            return ec2Network.createPart('vpc', { cluster, cidr: spec.network.vpcCidr, ...tag }, options);
          }
          if (fingerprint !== undefined) await ec2Network.recordWorkerSecret({ cluster, vpcId, fingerprint }, options);
          return vpcId;
        },
      });
    },

    /**
     * Makes sure that a zone has its public subnet. Fails with `PlanStale` when it has one with another range.
     *
     * Repeat: safe. It is found by its tags and zone, and EC2 refuses a second one with the same range.
     */
    async ensureSubnet(input: NetworkInput & { readonly zone: string }): Promise<EnsuredNetworkPart> {
      const { zone } = input;
      return ensure(input, {
        name: `subnet in ${zone}`,
        seen: ({ subnets }) => subnets.find((subnet) => subnet.zone === zone)?.id,
        async create(network, { spec, options }) {
          const cidr = spec.network.subnets.find((subnet) => subnet.zone === zone)?.cidr;
          if (cidr === undefined) {
            throw new RolloutError('PlanMissing', `subnet in ${zone}: expected in the spec of the plan, found none`);
          }
          return ec2Network.createPart('subnet', { cluster: spec.cluster, vpcId: vpcOf(network), zone, cidr }, options);
        },
      });
    },

    /**
     * Makes sure that the VPC has its internet gateway, attached.
     *
     * Repeat: safe, as for the VPC; attaching it again is refused and looked at.
     */
    async ensureInternetGateway(input: NetworkInput): Promise<EnsuredNetworkPart> {
      return ensure(input, {
        name: 'internet gateway',
        seen: ({ internetGatewayId }) => internetGatewayId,
        create: (network, { spec, options }) =>
          ec2Network.createPart('internet-gateway', { cluster: spec.cluster, vpcId: vpcOf(network) }, options),
      });
    },

    /**
     * Makes sure that the subnets have their route table, with the default route.
     *
     * Repeat: safe. Routes and associations that are there already are left as they are.
     */
    async ensureRouteTable(input: NetworkInput): Promise<EnsuredNetworkPart> {
      return ensure(input, {
        name: 'route table',
        seen: ({ routeTableId }) => routeTableId,
        create(network, { spec, options }) {
          const { internetGatewayId, subnets } = network;
          if (internetGatewayId === undefined) throw notSeen('internet gateway');
          const vpcId = vpcOf(network);
          const missing = spec.network.subnets.find(({ zone }) => !subnets.some((subnet) => subnet.zone === zone));
          if (missing !== undefined) throw notSeen(`subnet in ${missing.zone}`);
          const subnetIds = subnets.map(({ id }) => id);
          return ec2Network.createPart(
            'route-table',
            { cluster: spec.cluster, vpcId, internetGatewayId, subnetIds },
            options,
          );
        },
      });
    },

    /**
     * Makes sure that the hosts have their security group with its rules, and none of ours that the spec does not want any
     * more. Rules that others added stay.
     *
     * Repeat: safe. The group's name is unique in its VPC; only missing rules are added, and only surplus ones taken away.
     */
    async ensureSecurityGroup(input: NetworkInput): Promise<EnsuredNetworkPart> {
      return ensure(input, {
        name: 'security group',
        seen: ({ securityGroupId }) => securityGroupId,
        create(network, { spec, options }) {
          const { allowedCidrs } = spec.access;
          return ec2Network.createPart(
            'security-group',
            { cluster: spec.cluster, vpcId: vpcOf(network), allowedCidrs },
            options,
          );
        },
      });
    },

    /**
     * Makes sure that EC2 has the public half of `access.key`. Fails with `PlanStale` when it has another one.
     *
     * Repeat: safe. The name is unique in the region, and the key is compared.
     */
    async ensureKeyPair({ plan }: NetworkInput): Promise<EnsuredNetworkPart> {
      return withHeartbeat(async (options) => {
        const { spec } = await planBody(artifacts, plan);
        const owner = { cluster: spec.cluster };
        const publicKey = dependencies.publicKeyOf(await dependencies.readSecret(spec.access.key));
        const known = await ec2Compute.describeKeyPair(owner, options);
        if (known === undefined) {
          await ec2Compute.importKeyPair({ ...owner, publicKey }, options);
          const look = async () => (await ec2Compute.describeKeyPair(owner, options))?.name;
          return { changed: true, id: await untilSeen('key pair', look, options) };
        }
        if (known.publicKey === publicKey) return { changed: false, id: known.name };
        const next = 'delete that key pair, or restore the former access.key';
        throw new RolloutError(
          'PlanStale',
          `key pair ${known.name}: expected the key of access.key, found another; ${next}`,
        );
      });
    },
  };
}

function vpcOf({ vpcId }: NetworkFacts): string {
  if (vpcId === undefined) throw notSeen('VPC');
  return vpcId;
}

/** A part that an earlier step made, and that this read did not list yet. */
function notSeen(part: string): RolloutError {
  return new RolloutError('AwsUnavailable', `${part}: expected one with our tags, found none yet`);
}
