import type { UnitRemains } from '../kubernetes/unit-removal.js';
import type { Ec2Offers } from './ec2-offers.js';
import type { ClusterRecord } from './cluster-record.js';
import type { Taint } from '../spec/spec.js';
import type { NetworkPart } from '../steps.js';

/** A machine image, resolved. */
export interface ImageFact {
  readonly id: string;
  readonly name: string;
  /** In the words of EC2: `x86_64`, `arm64`; absent where it does not say. */
  readonly architecture?: string;
}

/** The existing things at EC2 of one cluster, found by ownership tags. */
export interface NetworkFacts {
  readonly vpcId?: string;
  readonly vpcCidr?: string;
  readonly subnets: readonly { readonly zone: string; readonly id: string; readonly cidr: string }[];
  readonly internetGatewayId?: string;
  /** The route table counts only when it has the default route and serves every subnet that exists. */
  readonly routeTableId?: string;
  /** The group counts only when it has all its rules, and none of ours that nobody wants any more. */
  readonly securityGroupId?: string;
  /** Parts that exist and do not count yet: an attachment, a route, a rule or public addresses are missing. */
  readonly halfMade?: readonly NetworkPart[];
  /** Rules of ours that the spec does not want any more: `22 from 0.0.0.0/0`. */
  readonly surplusRules?: readonly string[];
  /** Rules that let others in, and that somebody else made. */
  readonly foreignRules?: readonly string[];
  readonly keyPairName?: string;
  /** Tags of ours that somebody changed or took away: `vpc-1: Name`. */
  readonly strayTags?: readonly string[];
  /**
   * Generation of the control plane on which `kubeadm init` came to its end, as the VPC's tags remember it. From then on
   * the cluster has a state: a control plane that cannot be seen is unknown, not absent.
   */
  readonly initialisedGeneration?: number;
  /** Fingerprint of the worker secret that the cluster's host keys are derived from, as the VPC's tags remember it. */
  readonly workerSecret?: string;
  /** Whether the VPC remembers none, and that of this worker may be recorded: it has proved itself, or no instance lives. */
  readonly recordsSecret?: boolean;
}

export type InstanceState = 'pending' | 'running' | 'stopping' | 'stopped' | 'shutting-down' | 'terminated';

export interface InstanceFact {
  readonly node: string;
  /** How many instances the node name has had, this one included. Starts at 1. */
  readonly generation: number;
  readonly id: string;
  readonly state: InstanceState;
  readonly zone: string;
  readonly type: string;
  readonly imageId: string;
  /** Names of tags of ours that somebody changed or took away. */
  readonly strayTags?: readonly string[];
  /** Size of its root volume in GiB, as it was launched with; absent where an earlier build launched it. */
  readonly diskGiB?: number;
  readonly privateAddress?: string;
  readonly publicAddress?: string;
  /** Why it is in its state, where EC2 says so: `Server.InsufficientInstanceCapacity`, `Client.UserInitiatedShutdown`. */
  readonly stateReason?: { readonly code: string; readonly message: string };
}

export interface NodeFact {
  readonly name: string;
  readonly ready: boolean;
  /** Since when it is not Ready, in UTC as ISO 8601; absent where it is, and where Kubernetes does not say. */
  readonly notReadySince?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly kubeletVersion: string;
}

/** A unit as the cluster knows it: from its inventory ConfigMap and the objects named there. */
export interface UnitFact {
  readonly name: string;
  /** Digest of the objects that were applied last. */
  readonly digest: string;
  /** All objects of the inventory exist. */
  readonly complete: boolean;
  /** Whether its gate held since it was applied. */
  readonly held: boolean;
  /** In which fields its objects are not as they were applied, in one clause; absent when none is, or nobody asked. */
  readonly drift?: string;
  /** Its unready part now, in the words of its gate; absent when all is ready. */
  readonly notReady?: string;
  /** Of a unit that the spec does not have: what of it there is. */
  readonly remains?: UnitRemains;
}

export interface KubernetesFacts {
  readonly nodes: readonly NodeFact[];
  readonly units: readonly UnitFact[];
  /** Whether kubeadm finished its work and the pod network is installed. */
  readonly initialised: boolean;
  readonly podNetworkInstalled: boolean;
  /** The first settings of the cluster, in kubeadm's own record; a setting that the record lacks is absent. */
  readonly madeWith?: MadeWith;
  /** By node: what would lose data with its host, as the cluster itself tells. */
  readonly data: Readonly<Record<string, readonly string[]>>;
  /** The cluster's own record of its spec. */
  readonly record: ClusterRecord;
}

/** Settings of a cluster that are given once, in the words of the spec. */
export interface MadeWith {
  /** Kubernetes version of the control plane, without v. */
  readonly version?: string;
  readonly endpoint?: string;
  readonly podCidr?: string;
  readonly serviceCidr?: string;
}

/** One certificate by the name of its file: `apiserver.crt`, `admin.conf`. */
export interface CertificateFact {
  readonly name: string;
  /** Its expiry date, in UTC as ISO 8601. */
  readonly expiresAt: string;
}

/**
 * The report of the control plane's host on the certificates of its cluster. Each list has the first to expire first.
 */
export interface CertificateFacts {
  /** Time of the look, by the clock of that host, which also judges the certificates there. */
  readonly seenAt: string;
  /** Those of servers and clients, which can be renewed. */
  readonly renewable: readonly CertificateFact[];
  /** Those that sign the others. Another one is another cluster to everybody who trusts it. */
  readonly authorities: readonly CertificateFact[];
  /** Names of files in which no certificate can be read. */
  readonly unread: readonly string[];
  /** A renewal was begun there and did not come to its end. */
  readonly cutOff: boolean;
}

/** The known certificates, or the reason why they are unknown. */
export type SeenCertificates = CertificateFacts | { readonly unknown: string };

/** Everything that was seen of one cluster at one moment. */
export interface ClusterFacts {
  readonly account: string;
  readonly image: ImageFact;
  /** EC2's offers for the names in the spec; absent if nobody asked. */
  readonly offers?: Ec2Offers;
  readonly network: NetworkFacts;
  /** Every instance that carries our tags and is not yet forgotten by EC2, the terminated ones included. */
  readonly instances: readonly InstanceFact[];
  /** Nodes whose instances run, and whose hosts did not answer at their SSH port. Absent where nobody asked. */
  readonly silent?: readonly string[];
  /** `undefined` while there is no control plane that answers. */
  readonly kubernetes?: KubernetesFacts;
  /** Of the control plane; `undefined` while it has none. */
  readonly certificates?: SeenCertificates;
}

/** The certificate of a control plane that expires first, as plans and statuses carry it. */
export interface FirstExpiry extends CertificateFact {
  /** Name of the control plane. */
  readonly node: string;
  /** Time of that observation, in UTC as ISO 8601. */
  readonly seenAt: string;
}
