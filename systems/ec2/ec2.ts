import type { InstanceTypeFact } from '../../model/facts/ec2-offers.js';
import type { ImageFact, InstanceFact, NetworkFacts } from '../../model/facts/facts.js';
import type { Residue } from '../../model/facts/residue.js';
import type { WorldHolder, WorldLock } from '../../model/facts/world-lock.js';
import type { MachineImage } from '../../model/spec/spec.js';
import type { NetworkRowName } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';

/** Everything of one cluster at EC2 is found by these two, never by name alone. */
export interface Owner {
  readonly cluster: string;
}

/** What each part of the network is made with, beside its owner. */
export interface NetworkPartInputs {
  /** With the fingerprint of the worker secret, where it is known to be the right one. */
  readonly vpc: { readonly cidr: string; readonly workerSecret?: string };
  /** It gives public addresses. */
  readonly subnet: { readonly vpcId: string; readonly zone: string; readonly cidr: string };
  /** It is attached to the VPC. */
  readonly 'internet-gateway': { readonly vpcId: string };
  /** It has the default route and the associations. */
  readonly 'route-table': {
    readonly vpcId: string;
    readonly internetGatewayId: string;
    readonly subnetIds: readonly string[];
  };
  /** Everything inside the group, SSH and the Kubernetes API from `allowedCidrs`. */
  readonly 'security-group': { readonly vpcId: string; readonly allowedCidrs: readonly string[] };
}

/** The network of one cluster. */
export interface Ec2Network {
  /**
   * What exists by ownership tags; where a thing exists twice, the oldest. A half-made thing does not count. With
   * `allowedCidrs` the security group counts only when it lets all of them in; without, when it lets anybody in.
   */
  describeNetwork(
    owner: Owner & { readonly allowedCidrs?: readonly string[] },
    options?: CallOptions,
  ): Promise<NetworkFacts>;
  /**
   * Looks for the part by its tags, makes it with our ownership tags at creation when there is none, finishes a half-made one,
   * and returns its id. Where there are two, the oldest stays.
   */
  createPart<Part extends keyof NetworkPartInputs>(
    part: Part,
    input: Owner & NetworkPartInputs[Part],
    options?: CallOptions,
  ): Promise<string>;
  /**
   * Deletes everything of this kind that carries our ownership tags, also where there are two, with what holds it: the
   * associations of a route table, the attachment of a gateway. Of subnets those of `zone`, or all without it. Returns whether
   * it deleted something; what is gone is no failure, and nothing is found by its name. It may be listed a while longer: a
   * call that returns `false` found none any more. Fails with `AwsInUse`, which names what uses it.
   */
  deletePart(part: NetworkRowName, input: Owner & { readonly zone?: string }, options?: CallOptions): Promise<boolean>;
  /**
   * What is left of a cluster, by two sweeps: everything that carries our ownership tags or Kubernetes' tag of this cluster,
   * and everything in `vpcId` and in the VPCs that the first sweep met. Ended instances are none, and neither is what AWS makes itself.
   */
  describeResidue(owner: Owner & { readonly vpcId?: string }, options?: CallOptions): Promise<readonly Residue[]>;
  /**
   * Remembers in the world that `kubeadm init` came to its end on this generation of the control plane, for as long as the
   * VPC lives; `describeNetwork` tells it. A later one takes the place of an earlier one.
   */
  recordInitialised(
    input: Owner & { readonly vpcId: string; readonly generation: number },
    options?: CallOptions,
  ): Promise<void>;
  /** Remembers in the world, as long, by which worker secret the hosts have their keys; `describeNetwork` tells it. */
  recordWorkerSecret(
    input: Owner & { readonly vpcId: string; readonly fingerprint: string },
    options?: CallOptions,
  ): Promise<void>;
}

export interface RunInstanceRequest extends Owner {
  readonly node: string;
  readonly generation: number;
  readonly zone: string;
  readonly type: string;
  readonly imageId: string;
  readonly subnetId: string;
  readonly securityGroupId: string;
  readonly keyPairName: string;
  readonly diskGiB: number;
  /** Byte-identical on every attempt: a changed one under the same token is refused by EC2. */
  readonly userData: string;
}

/** What EC2 offers in a region, to anybody. Where the credentials may not ask, each fails with `AwsDenied`. */
export interface Ec2Catalog {
  /** Of these types those that the region has. */
  instanceTypes(
    input: InRegion & { readonly names: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly InstanceTypeFact[]>;
  /** Names of all types that the region has. */
  instanceTypeNames(input: InRegion, options?: CallOptions): Promise<readonly string[]>;
  /** Names of the zones that the account may use. */
  zones(input: InRegion, options?: CallOptions): Promise<readonly string[]>;
}

/** The region that a worker works in. */
interface InRegion {
  readonly region: string;
}

/** Instances, images and keys. */
export interface Ec2Compute {
  /** Id of the account that the credentials belong to. */
  account(options?: CallOptions): Promise<string>;
  /** Fails with `AwsRefused` when no image matches. */
  resolveImage(image: MachineImage, options?: CallOptions): Promise<ImageFact>;
  /** Every instance with our tags, or those of some nodes; the terminated ones that EC2 still remembers included. */
  describeInstances(
    owner: Owner & { readonly nodes?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly InstanceFact[]>;
  /**
   * Launches one instance, with a ClientToken of cluster, node, generation, zone, subnet and type: a repeat returns the
   * first one. Look for it by its tags before. Fails with `AwsCapacity` only after a definite capacity code, with
   * `LaunchTokenUsed` when the instance of this token is terminated, or when the token belongs to another request, such as
   * one with an older image: where no instance of this generation is listed, it can never be launched again here.
   */
  runInstance(request: RunInstanceRequest, options?: CallOptions): Promise<InstanceFact>;
  /** Begins to end an instance; one that has ended already, or that EC2 has forgotten, is no failure. */
  terminateInstance(input: Owner & { readonly id: string }, options?: CallOptions): Promise<void>;
  describeKeyPair(
    owner: Owner,
    options?: CallOptions,
  ): Promise<{ readonly name: string; readonly publicKey: string } | undefined>;
  importKeyPair(input: Owner & { readonly publicKey: string }, options?: CallOptions): Promise<string>;
}

/**
 * The lock of a cluster in the world: a launch template, because EC2 gives its name only once, from which nothing is ever
 * launched. Who makes it has the cluster.
 */
export interface Ec2Lock {
  /** Who has the cluster; `undefined` when nobody has. Fails with `AwsRefused` where somebody else took the name. */
  describeLock(owner: Owner, options?: CallOptions): Promise<WorldLock | undefined>;
  /**
   * Makes the lock and returns its id. Returns `undefined` where the name is taken: by somebody else, or by an earlier call
   * whose answer was lost; then it is listed now, or EC2's lag is over.
   */
  createLock(input: Owner & { readonly holder: WorldHolder }, options?: CallOptions): Promise<string | undefined>;
  /** Ends exactly this lock, and none that another took since. Returns whether there was one; that it is gone is no failure. */
  deleteLock(input: Owner & { readonly id: string }, options?: CallOptions): Promise<boolean>;
}
