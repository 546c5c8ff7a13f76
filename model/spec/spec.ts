import { z } from 'zod';

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'expected lower-case letters, digits and inner hyphens')
  .max(63);
const cidr = z.cidrv4('expected an IPv4 range such as 10.0.0.0/16');
const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
    'expected a Kubernetes label value: letters, digits, inner -_.',
  )
  .max(63);
const labelKey = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'expected a Kubernetes label key: an optional DNS prefix and "/", then letters, digits, inner -_.',
  );

/** Where a secret is found; the value itself never stands in a spec. */
export const SecretReference = z
  .union([
    z.strictObject({ file: z.string().min(1).describe('Path of a file that holds the secret; ~ is the home folder.') }),
    z.strictObject({ env: z.string().min(1).describe('Name of an environment variable of the worker.') }),
  ])
  .describe('Reference to a secret: a file or an environment variable of the worker.');
export type SecretReference = z.infer<typeof SecretReference>;

/** A taint of a node. */
export const Taint = z.strictObject({
  key: labelKey.describe('Taint key.'),
  value: labelValue.optional().describe('Taint value; none by default.'),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).describe('Effect of the taint on pods.'),
});
export type Taint = z.infer<typeof Taint>;

/** What nodes of a group share; a node's own fields win, labels are merged. */
export const NodeGroup = z.strictObject({
  instanceTypes: z
    .array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'expected an instance type such as t3.small'))
    .min(1)
    .optional()
    .describe('EC2 instance types in order of preference.'),
  zones: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Availability zones in order of preference. Default: all subnets.'),
  diskGiB: z.int().min(8).max(16384).optional().describe('Size of the root volume in GiB. Default 20.'),
  labels: z.record(labelKey, labelValue).optional().describe('Node labels.'),
  taints: z
    .array(Taint)
    .optional()
    .describe("Taints of the Node from its first moment. A control plane also gets kubeadm's own taint."),
  startupTaints: z
    .array(Taint)
    .optional()
    .describe(
      'Taints with which a Node registers, and which something else removes, such as an agent when it is ready. Groundswell never sets them again, and does not wait for their end.',
    ),
});
export type NodeGroup = z.infer<typeof NodeGroup>;

/** One node as a person writes it. */
export const NodeEntry = NodeGroup.extend({
  name: dnsLabel.describe('Name of the node; also its host name.'),
  role: z.enum(['control-plane', 'worker']).default('worker').describe('Role that kubeadm gives to the node.'),
  group: z.string().optional().describe('Name of an entry of nodeGroups.'),
  phase: z.int().min(0).max(99).optional().describe('Value of the node label `phase`.'),
});
export type NodeEntry = z.infer<typeof NodeEntry>;

/** One unit: a folder of manifests that goes out in one wave. */
export const UnitEntry = z.strictObject({
  name: dnsLabel.describe('Name of the unit, unique in the cluster.'),
  wave: z.int().min(0).max(99).describe('Wave: units of a lower wave are healthy before this one is applied.'),
  namespace: dnsLabel.describe('Namespace of its namespaced objects; Groundswell makes a missing one.'),
  manifests: z.string().min(1).describe('Folder of YAML manifests, relative to the folder of the spec.'),
});
export type UnitSpec = z.infer<typeof UnitEntry>;

/** The image of the instances: one id, or the newest that an owner published under a name. */
export const MachineImage = z
  .union([
    z.strictObject({
      ami: z
        .string()
        .regex(/^ami-[0-9a-f]+$/, 'expected an image id such as ami-0123456789abcdef0')
        .describe('Id of the image.'),
    }),
    z.strictObject({
      owner: z
        .string()
        .regex(/^\d{12}$/, 'expected the 12 digits of an AWS account')
        .describe('Account that owns the image; 136693071363 is Debian, 099720109477 Canonical.'),
      name: z.string().min(1).describe('Name filter with *; the plan pins the newest match.'),
    }),
  ])
  .describe('Image of the instances; each plan resolves it once and pins it.');
export type MachineImage = z.infer<typeof MachineImage>;

/** The spec as a person writes it. The only definition: types, checks and the JSON Schema come from here. */
export const SpecDocument = z.strictObject({
  cluster: dnsLabel.max(40).describe('Name of the cluster; also the name of the lock.'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected an AWS region such as ap-northeast-2')
    .describe('AWS region.'),
  network: z
    .strictObject({
      vpcCidr: cidr.describe('Range of the VPC that Groundswell makes for the cluster.'),
      subnets: z
        .array(
          z.strictObject({
            zone: z.string().describe('Availability zone.'),
            cidr: cidr.describe('Range inside the VPC.'),
          }),
        )
        .min(1)
        .describe('One public subnet per zone.'),
      podCidr: cidr.default('10.244.0.0/16').describe('Range of pod addresses.'),
      serviceCidr: cidr.default('10.96.0.0/16').describe('Range of Service addresses.'),
    })
    .describe('Addresses of the network that Groundswell makes for the cluster.'),
  access: z
    .strictObject({
      user: z.string().min(1).describe('User with sudo on the hosts.'),
      key: SecretReference.describe('Private SSH key (OpenSSH format) that hosts accept.'),
      allowedCidrs: z
        .array(cidr)
        .min(1)
        .describe('Address ranges that may reach SSH and the Kubernetes API from outside.'),
      address: z.enum(['public', 'private']).default('public').describe('Address of an instance that the worker uses.'),
    })
    .describe('Access of the worker and of others to the hosts.'),
  image: MachineImage,
  kubernetes: z
    .strictObject({
      version: z
        .string()
        .regex(/^1\.(35|36|37)\.\d+$/, 'expected 1.35.x, 1.36.x or 1.37.x')
        .describe('Kubernetes version without v.'),
      cni: z.enum(['flannel']).default('flannel').describe('Pod network.'),
      cniManifest: z.url().describe('Address of the manifest of the pod network.'),
      cniManifestSha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits, as sha256sum prints them')
        .optional()
        .describe(
          'SHA-256 of that manifest; Groundswell applies no other. Needed for plain http unless packages are trusted.',
        ),
      packages: z
        .strictObject({
          repository: z.url().describe('apt repository with kubelet, kubeadm, kubectl and kubernetes-cni.'),
          keyring: z.url().optional().describe('Signing key of the repository. Needed unless trusted is true.'),
          trusted: z
            .literal(true)
            .optional()
            .describe('Installs unsigned packages, also over plain http. For your own mirrors.'),
        })
        .describe('Source of the Kubernetes packages.'),
      kubelet: z.record(z.string(), z.unknown()).default({}).describe('Fields merged into KubeletConfiguration.'),
      kubeProxy: z.record(z.string(), z.unknown()).default({}).describe('Fields merged into KubeProxyConfiguration.'),
      ignorePreflightErrors: z.array(z.string()).default([]).describe('kubeadm preflight checks that may fail.'),
    })
    .describe('Version and settings of Kubernetes.'),
  containerd: z
    .strictObject({
      restrictOomScoreAdj: z.boolean().default(false).describe('For hosts that cannot lower OOM scores.'),
    })
    .prefault({})
    .describe('Settings of containerd.'),
  controlPlaneEndpoint: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'expected a host name without port')
    .describe('Stable name of the Kubernetes API, port 6443; hosts resolve it by /etc/hosts. Cannot change later.'),
  nodeGroups: z.record(z.string(), NodeGroup).default({}).describe('Fields that several nodes share.'),
  nodes: z.array(NodeEntry).min(1).describe('Every node by name.'),
  units: z.array(UnitEntry).default([]).describe('Applications on the nodes, rolled out in waves.'),
  approval: z
    .enum(['required', 'none'])
    .default('required')
    .describe('Whether a person must approve the plan before Groundswell spends anything.'),
  unapproved: z
    .array(z.enum(['replace-node', 'remove-node', 'remove-unit']))
    .default([])
    .describe(
      'What `approval: none` covers although it ends something. Data is never lost without its name being typed.',
    ),
});
export type SpecDocument = z.infer<typeof SpecDocument>;

/** One node with the fields of its group filled in. */
export interface NodeSpec {
  readonly name: string;
  readonly role: 'control-plane' | 'worker';
  readonly instanceTypes: readonly string[];
  readonly zones: readonly string[];
  readonly diskGiB: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Taints of its registration only; absent where it has none. */
  readonly startupTaints?: readonly Taint[];
}

/** The spec that everything else works with: parsed, valid, nodes resolved. */
export type ClusterSpec = Readonly<Omit<SpecDocument, 'nodes' | 'nodeGroups'>> & {
  readonly nodes: readonly NodeSpec[];
};
