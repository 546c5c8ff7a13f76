import type { ImageFact, InstanceFact, NetworkFacts } from '../../model/facts.js';
import type { MachineImage } from '../../model/spec.js';
import type { CallOptions } from '../calls.js';

/** Everything of one cluster at EC2 is found by these two, never by name alone. */
export interface Owner {
  readonly cluster: string;
}

/** The network of one cluster. Each `create…` makes one thing with our ownership tags at creation, and returns its id. */
export interface Ec2Network {
  /** What exists by ownership tags; where a thing exists twice, the oldest. */
  describeNetwork(owner: Owner, options?: CallOptions): Promise<NetworkFacts>;
  createVpc(input: Owner & { readonly cidr: string }, options?: CallOptions): Promise<string>;
  /** Also switches public addresses on. */
  createSubnet(
    input: Owner & { readonly vpcId: string; readonly zone: string; readonly cidr: string },
    options?: CallOptions,
  ): Promise<string>;
  /** Also attaches it. Finishes a half-made one. */
  createInternetGateway(input: Owner & { readonly vpcId: string }, options?: CallOptions): Promise<string>;
  /** Also adds the default route and the associations. Finishes a half-made one. */
  createRouteTable(
    input: Owner & {
      readonly vpcId: string;
      readonly internetGatewayId: string;
      readonly subnetIds: readonly string[];
    },
    options?: CallOptions,
  ): Promise<string>;
  /** Everything inside the group, SSH and the Kubernetes API from `allowedCidrs`. Finishes a half-made one. */
  createSecurityGroup(
    input: Owner & { readonly vpcId: string; readonly allowedCidrs: readonly string[] },
    options?: CallOptions,
  ): Promise<string>;
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

/** Instances, images and keys. */
export interface Ec2Compute {
  /** Id of the account that the credentials belong to. */
  account(options?: CallOptions): Promise<string>;
  /** Fails with `AwsRefused` when no image matches. */
  resolveImage(image: MachineImage, options?: CallOptions): Promise<ImageFact>;
  /** Every instance with our tags, the terminated ones that EC2 still remembers included. */
  describeInstances(owner: Owner, options?: CallOptions): Promise<readonly InstanceFact[]>;
  /** One instance, with a ClientToken of cluster, node, generation, zone and type. Fails with `AwsCapacity` only after a definite capacity code. */
  runInstance(request: RunInstanceRequest, options?: CallOptions): Promise<InstanceFact>;
  describeKeyPair(
    owner: Owner,
    options?: CallOptions,
  ): Promise<{ readonly name: string; readonly publicKey: string } | undefined>;
  importKeyPair(input: Owner & { readonly publicKey: string }, options?: CallOptions): Promise<string>;
}
