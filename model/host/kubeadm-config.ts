import { controlPlaneTaint } from '../kubernetes/node-marks.js';
import type { MadeWith } from '../facts/facts.js';
import type { ClusterSpec, NodeSpec } from '../spec/spec.js';

/** One document of a kubeadm configuration, as plain JSON. */
export type KubeadmDocument = Readonly<Record<string, unknown>>;

/** The facts of a node's instance. */
export interface KubeadmHost {
  /** Address by which the other nodes reach it. */
  readonly address: string;
  /** More addresses under which the API server is asked, such as the public one. */
  readonly otherAddresses: readonly string[];
  /** `aws:///<zone>/<instance id>`: what a cloud controller knows the Node by. */
  readonly providerId: string;
}

const apiVersion = 'kubeadm.k8s.io/v1beta4';
const criSocket = 'unix:///run/containerd/containerd.sock';
/** Where the role control_plane_init puts the policy, and where the API server writes. */
const auditPolicyFile = '/etc/groundswell/audit-policy.yaml';
const auditLogFolder = '/var/log/kubernetes';

/**
 * The documents for `kubeadm init`: InitConfiguration, ClusterConfiguration, KubeletConfiguration, KubeProxyConfiguration.
 * The spec's kubelet and kubeProxy fields win over ours. The bootstrap token that init always makes lives for a minute.
 */
export function initDocuments(spec: ClusterSpec, node: NodeSpec, host: KubeadmHost): readonly KubeadmDocument[] {
  return [
    {
      apiVersion,
      kind: 'InitConfiguration',
      bootstrapTokens: [{ ttl: '1m0s', description: 'made by kubeadm init, not used' }],
      localAPIEndpoint: { advertiseAddress: host.address, bindPort: 6443 },
      nodeRegistration: nodeRegistration(spec, node, host),
    },
    clusterConfiguration(spec, host),
    {
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
      kind: 'KubeletConfiguration',
      cgroupDriver: 'systemd',
      ...spec.kubernetes.kubelet,
    },
    { apiVersion: 'kubeproxy.config.k8s.io/v1alpha1', kind: 'KubeProxyConfiguration', ...spec.kubernetes.kubeProxy },
  ];
}

/** The document for `kubeadm join` of a worker. The token is not in it: it is a secret and is added on the host. */
export function joinDocument(input: {
  readonly spec: ClusterSpec;
  readonly node: NodeSpec;
  readonly host: KubeadmHost;
  /** `sha256:<hex>` of the cluster's CA key: the joining node trusts no other API server. */
  readonly caCertHash: string;
}): KubeadmDocument {
  return {
    apiVersion,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: `${input.spec.controlPlaneEndpoint}:6443`,
        caCertHashes: [input.caCertHash],
      },
    },
    nodeRegistration: nodeRegistration(input.spec, input.node, input.host),
  };
}

/**
 * What a cluster was made with, from the text of its ClusterConfiguration, which kubeadm keeps in the ConfigMap
 * `kube-system/kubeadm-config`. Source: kubeadm's own printing of it, one field a line.
 */
export function madeWith(clusterConfiguration: string): MadeWith {
  const field = (name: string): string | undefined =>
    new RegExp(`^ *${name}: *"?([^"\\s]+)"? *$`, 'm').exec(clusterConfiguration)?.[1];
  const version = field('kubernetesVersion')?.replace(/^v/, '');
  const endpoint = field('controlPlaneEndpoint')?.replace(/:\d+$/, '');
  const [podCidr, serviceCidr] = [field('podSubnet'), field('serviceSubnet')];
  return {
    ...(version === undefined ? {} : { version }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(podCidr === undefined ? {} : { podCidr }),
    ...(serviceCidr === undefined ? {} : { serviceCidr }),
  };
}

function clusterConfiguration(spec: ClusterSpec, host: KubeadmHost): KubeadmDocument {
  return {
    apiVersion,
    kind: 'ClusterConfiguration',
    clusterName: spec.cluster,
    kubernetesVersion: `v${spec.kubernetes.version}`,
    controlPlaneEndpoint: `${spec.controlPlaneEndpoint}:6443`,
    networking: {
      podSubnet: spec.network.podCidr,
      serviceSubnet: spec.network.serviceCidr,
      dnsDomain: 'cluster.local',
    },
    apiServer: {
      certSANs: [...new Set([spec.controlPlaneEndpoint, host.address, ...host.otherAddresses])],
      extraArgs: Object.entries({
        'audit-policy-file': auditPolicyFile,
        'audit-log-path': `${auditLogFolder}/audit.log`,
        'audit-log-maxsize': '100',
        'audit-log-maxbackup': '5',
      }).map(([name, value]) => ({ name, value })),
      extraVolumes: [
        {
          name: 'audit-policy',
          hostPath: auditPolicyFile,
          mountPath: auditPolicyFile,
          readOnly: true,
          pathType: 'File',
        },
        { name: 'audit-log', hostPath: auditLogFolder, mountPath: auditLogFolder, pathType: 'DirectoryOrCreate' },
      ],
    },
  };
}

/**
 * Taints are there from the first moment of the Node, those of its start-up too, which are set nowhere else. A worker without
 * any gets none; on a control plane kubeadm's own taint is added to the spec's.
 */
function nodeRegistration(spec: ClusterSpec, node: NodeSpec, host: KubeadmHost): KubeadmDocument {
  const own = node.role === 'control-plane' ? [controlPlaneTaint] : [];
  return {
    name: node.name,
    criSocket,
    imagePullPolicy: 'IfNotPresent',
    ignorePreflightErrors: spec.kubernetes.ignorePreflightErrors,
    taints: [...own, ...node.taints, ...(node.startupTaints ?? [])],
    kubeletExtraArgs: [
      { name: 'node-ip', value: host.address },
      { name: 'provider-id', value: host.providerId },
    ],
  };
}
