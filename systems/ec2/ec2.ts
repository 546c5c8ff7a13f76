import type { InstanceTypeFact } from '../../model/facts/ec2-offers.js';
import type { ImageFact, InstanceFact, NetworkFacts } from '../../model/facts/facts.js';
import type { Residue } from '../../model/facts/residue.js';
import type { WorldHolder, WorldLock } from '../../model/facts/world-lock.js';
import type { MachineImage } from '../../model/spec/spec.js';
import type { NetworkRowName } from '../../model/steps.js';
import type { CallOptions } from '../calls.js';

/** The two tags that find all things of one cluster at EC2; a name alone never does. */
export interface Owner {
  readonly cluster: string;
}

/** The input for each part of the network, beside its owner. */
export interface NetworkPartInputs {
  /** With the fingerprint of the worker secret, if the caller knows that this secret is the right one. */
  readonly vpc: { readonly cidr: string; readonly workerSecret?: string };
  /** A subnet that gives public addresses. */
  readonly subnet: { readonly vpcId: string; readonly zone: string; readonly cidr: string };
  /** A gateway that is attached to the VPC. */
  readonly 'internet-gateway': { readonly vpcId: string };
  /** A table with the default route and the associations. */
  readonly 'route-table': {
    readonly vpcId: string;
    readonly internetGatewayId: string;
    readonly subnetIds: readonly string[];
  };
  /** A group that lets in all traffic of its members, and SSH and the Kubernetes API from `allowedCidrs`. */
  readonly 'security-group': { readonly vpcId: string; readonly allowedCidrs: readonly string[] };
}

/** The network of one cluster. */
export interface Ec2Network {
  /**
   * Reads the existing parts by ownership tags; of two equal parts, the oldest. A half-made part does not count. With
   * `allowedCidrs`, the security group counts only when it lets all of them in; without, when it lets anybody in.
   */
  describeNetwork(
    owner: Owner & { readonly allowedCidrs?: readonly string[] },
    options?: CallOptions,
  ): Promise<NetworkFacts>;
  /**
   * Looks for the part by its tags. Makes it when there is none, with our ownership tags at creation; finishes a
   * half-made one. Returns its id. Of two, the oldest stays.
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
   * and everything in `vpcId` and in the VPCs where the first sweep met something of ours. Ended instances are none, and neither is what AWS makes itself.
   */
  describeResidue(owner: Owner & { readonly vpcId?: string }, options?: CallOptions): Promise<readonly Residue[]>;
  /**
   * Records in the VPC's tags that `kubeadm init` completed on this generation of the control plane; `describeNetwork`
   * reads it back. A later record replaces an earlier one.
   */
  recordInitialised(
    input: Owner & { readonly vpcId: string; readonly generation: number },
    options?: CallOptions,
  ): Promise<void>;
  /** Records in the VPC's tags which worker secret made the keys of the hosts; `describeNetwork` reads it back. */
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
  /** Byte-identical on every attempt: EC2 refuses changed user-data under the same token. */
  readonly userData: string;
}

/** EC2's public offers in a region. Each call fails with `AwsDenied` when the credentials may not ask. */
export interface Ec2Catalog {
  /** Returns those of these types that the region has. */
  instanceTypes(
    input: InRegion & { readonly names: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly InstanceTypeFact[]>;
  /** Returns the names of all types of the region. */
  instanceTypeNames(input: InRegion, options?: CallOptions): Promise<readonly string[]>;
  /** Returns the names of the zones that the account may use. */
  zones(input: InRegion, options?: CallOptions): Promise<readonly string[]>;
}

/** The region of a worker. */
interface InRegion {
  readonly region: string;
}

/** Instances, images and keys. */
export interface Ec2Compute {
  /** Returns the id of the account of the credentials. */
  account(options?: CallOptions): Promise<string>;
  /** Finds the image. Fails with `AwsRefused` when no image matches. */
  resolveImage(image: MachineImage, options?: CallOptions): Promise<ImageFact>;
  /** Returns every instance with our tags, or only of some nodes, also terminated ones that EC2 still remembers. */
  describeInstances(
    owner: Owner & { readonly nodes?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly InstanceFact[]>;
  /**
   * Launches one instance, with a ClientToken of cluster, node, generation, zone, subnet and type: a repeat returns the
   * first instance. Look for it by its tags before. Fails with `AwsCapacity` only after a definite capacity code. Fails
   * with `LaunchTokenUsed` when the instance of this token is terminated. Fails in the same way when the token belongs
   * to another request, such as one with an older image. If EC2 then lists no instance of this generation, this
   * generation can never be launched again here.
   */
  runInstance(request: RunInstanceRequest, options?: CallOptions): Promise<InstanceFact>;
  /** Begins to end an instance. Does not fail when the instance has ended already, or when EC2 has forgotten it. */
  terminateInstance(input: Owner & { readonly id: string }, options?: CallOptions): Promise<void>;
  describeKeyPair(
    owner: Owner,
    options?: CallOptions,
  ): Promise<{ readonly name: string; readonly publicKey: string } | undefined>;
  importKeyPair(input: Owner & { readonly publicKey: string }, options?: CallOptions): Promise<string>;
}

/**
 * The lock of a cluster in the world: a launch template, because EC2 gives its name only once. Nothing ever launches
 * from it. The maker of the template holds the cluster.
 */
export interface Ec2Lock {
  /**
   * Returns the holder of the cluster; `undefined` when nobody holds it. Fails with `AwsRefused` when somebody else
   * took the name.
   */
  describeLock(owner: Owner, options?: CallOptions): Promise<WorldLock | undefined>;
  /**
   * Makes the lock and returns its id. Returns `undefined` when the name is taken: by somebody else, or by an earlier
   * call with a lost answer. By then EC2 lists the lock, or EC2's lag is over.
   */
  createLock(input: Owner & { readonly holder: WorldHolder }, options?: CallOptions): Promise<string | undefined>;
  /** Ends exactly this lock, and none that another took since. Returns whether there was one; that it is gone is no failure. */
  deleteLock(input: Owner & { readonly id: string }, options?: CallOptions): Promise<boolean>;
}
