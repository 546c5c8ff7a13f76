import { editSpec } from './edit-spec.js';
import type { HostNetwork } from '../hosts/network/host-network.js';

export interface ProfileInput {
  /** The spec as it would go to AWS. */
  readonly text: string;
  readonly network: Pick<HostNetwork, 'prefix' | 'cidr'>;
  /** Private SSH key of the rehearsal. */
  readonly sshKey: string;
  /** Root URL of the package server, as hosts see it. */
  readonly packageServer: string;
  /** Folder of the original spec: units are found from there. */
  readonly folder: string;
}

export interface RehearsalSpec {
  readonly text: string;
  /** What was changed, one line each, for people. */
  readonly changes: readonly string[];
}

/** Pods and Services of rehearsals: inside the hosts' own network namespaces, so that all rehearsals may use the same. */
const podCidr = '198.19.0.0/17';
const serviceCidr = '198.19.128.0/20';
/** Zones get a /26 each, so four at most. */
const subnetSize = 64;

/**
 * Changes a spec for a rehearsal on real hosts. It changes only the source of machines, addresses and packages, and the
 * settings that the kernel of one shared machine does not allow.
 */
export function rehearsalSpec(input: ProfileInput): RehearsalSpec {
  const { set, zones, result, remove } = editSpec(input.text, input.folder);
  set(['image'], { owner: '136693071363', name: 'debian-12-amd64-*' }, 'the emulator has its own images');
  set(['network', 'vpcCidr'], input.network.cidr, 'addresses of this rehearsal');
  set(
    ['network', 'subnets'],
    zones.slice(0, 256 / subnetSize).map((zone, index) => subnet(zone, input.network.prefix, index)),
    'one /26 for each zone',
  );
  set(['network', 'podCidr'], podCidr, 'test range of RFC 2544');
  set(['network', 'serviceCidr'], serviceCidr, 'test range of RFC 2544');
  set(['access', 'key'], { file: input.sshKey }, 'a key of its own');
  set(['access', 'address'], 'private', 'hosts have no public address');
  set(['access', 'allowedCidrs'], ['198.18.0.0/15'], 'this machine only');
  set(['kubernetes', 'packages'], { repository: `${input.packageServer}/packages/`, trusted: true }, 'local mirror');
  set(['kubernetes', 'cniManifest'], `${input.packageServer}/kube-flannel.yml`, 'from the flannel module');
  remove(['kubernetes', 'cniManifestSha256'], 'from another manifest');
  set(['kubernetes', 'ignorePreflightErrors'], ['SystemVerification'], 'cgroup v1 of the shared kernel');
  set(['kubernetes', 'kubelet'], kubeletFields, 'one kernel and one disk for all hosts');
  set(['kubernetes', 'kubeProxy'], kubeProxyFields, 'hosts share the kernel settings of the machine');
  set(['containerd'], { restrictOomScoreAdj: true }, 'no CAP_SYS_RESOURCE');
  return result();
}

function subnet(zone: string, prefix: string, index: number): { readonly zone: string; readonly cidr: string } {
  return { zone, cidr: `${prefix}.${index * subnetSize}/26` };
}

/** Facts: kubelet 1.35+ stops on cgroup v1 unless told otherwise; limits that cannot be set become log lines in a user namespace. */
const kubeletFields = {
  failCgroupV1: false,
  failSwapOn: false,
  featureGates: { KubeletInUserNamespace: true },
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '1%',
    'imagefs.available': '1%',
    'nodefs.inodesFree': '1%',
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
};

/** nftables, because this kernel may lack ip_vs; 0 leaves the kernel's own conntrack values. */
const kubeProxyFields = {
  mode: 'nftables',
  conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
};
