import { createHash } from 'node:crypto';
import { controlPlaneTaint } from '../model/kubernetes/node-marks.js';
import { madeSettings, settledSettings } from '../model/facts/cluster-record.js';
import { computePlan } from '../model/planner/compute-plan.js';
import type { ClusterFacts, InstanceFact, KubernetesFacts, NetworkFacts, NodeFact } from '../model/facts/facts.js';
import type { KubernetesObject } from '../model/kubernetes/kubernetes-object.js';
import type { Plan } from '../model/plan/plan.js';
import type { PlanWishes } from '../model/plan/plan-skeleton.js';
import type { RenderedUnit } from '../model/kubernetes/rendered-unit.js';
import { nodeRecord, preparedAnnotation, recordAnnotation } from '../model/facts/node-record.js';
import type { ClusterSpec, NodeSpec } from '../model/spec/spec.js';

/** Hexadecimal SHA-256, as the worker takes it. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A node of the spec; a worker by default. */
export function aNode(fields: Partial<NodeSpec> & Pick<NodeSpec, 'name'>): NodeSpec {
  return {
    role: 'worker',
    instanceTypes: ['t3.micro'],
    zones: ['ap-northeast-2a'],
    diskGiB: 20,
    labels: {},
    taints: [],
    ...fields,
  };
}

/** A small valid spec: a control plane, and `workers` more nodes called k8s-worker-1… (default 2), no units. */
export function aSpec({
  workers = 2,
  ...fields
}: Partial<ClusterSpec> & { readonly workers?: number } = {}): ClusterSpec {
  const names = Array.from({ length: workers }, (_, index) => `k8s-worker-${index + 1}`);
  return {
    cluster: 'test',
    region: 'ap-northeast-2',
    network: {
      vpcCidr: '10.20.0.0/16',
      subnets: [{ zone: 'ap-northeast-2a', cidr: '10.20.0.0/20' }],
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
    },
    access: { user: 'ubuntu', key: { env: 'SSH_KEY' }, allowedCidrs: ['203.0.113.0/24'], address: 'public' },
    image: { ami: 'ami-0123456789abcdef0' },
    kubernetes: {
      version: '1.36.3',
      cni: 'flannel',
      cniManifest: 'https://example.com/kube-flannel.yml',
      packages: { repository: 'https://example.com/deb/' },
      kubelet: {},
      kubeProxy: {},
      ignorePreflightErrors: [],
    },
    containerd: { restrictOomScoreAdj: false },
    controlPlaneEndpoint: 'api.test.internal',
    nodes: [
      aNode({ name: 'k8s-master', role: 'control-plane', instanceTypes: ['t3.large'] }),
      ...names.map((name) => aNode({ name, labels: { workload: name } })),
    ],
    units: [],
    approval: 'required',
    unapproved: [],
    ...fields,
  };
}

/** A Deployment without a namespace; `pod` is merged into the pod's spec. */
export function aDeployment(name: string, pod: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  const containers = [{ name, image: 'groundswell.dev/stand-in:1' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers, ...pod } },
    },
  };
}

/** A rendered unit with one Deployment of its name; wave 0 and namespace `default` by default. */
export function aRenderedUnit(fields: Partial<RenderedUnit> & Pick<RenderedUnit, 'name'>): RenderedUnit {
  const objects = fields.objects ?? [aDeployment(fields.name)];
  return { wave: 0, namespace: 'default', objects, digest: sha256(JSON.stringify(objects)), ...fields };
}

/** Facts of an account where nothing of the cluster exists. */
export function someFacts(fields: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    account: '123456789012',
    image: { id: 'ami-0123456789abcdef0', name: 'ubuntu-noble' },
    network: { subnets: [] },
    instances: [],
    ...fields,
  };
}

/** A running instance of a node, generation 1. */
export function anInstance(fields: Partial<InstanceFact> & Pick<InstanceFact, 'node'>): InstanceFact {
  const { node, generation = 1 } = fields;
  return {
    generation,
    id: `i-${sha256(`${node}/${generation}`).slice(0, 17)}`,
    state: 'running',
    zone: 'ap-northeast-2a',
    type: 't3.micro',
    imageId: 'ami-0123456789abcdef0',
    diskGiB: 20,
    privateAddress: '10.20.0.10',
    publicAddress: '203.0.113.10',
    ...fields,
  };
}

/** The Node of a node of the spec, Ready, with its labels and taints and those that Kubernetes adds. */
export function aNodeFact(node: NodeSpec, fields: Partial<NodeFact> = {}): NodeFact {
  return {
    name: node.name,
    ready: true,
    labels: { 'kubernetes.io/hostname': node.name, ...node.labels },
    taints: node.role === 'control-plane' ? [controlPlaneTaint, ...node.taints] : node.taints,
    annotations: {},
    kubeletVersion: 'v1.36.3',
    ...fields,
  };
}

/** Everything that the network of a spec consists of. */
export function wholeNetwork(spec: ClusterSpec): NetworkFacts {
  return {
    vpcId: 'vpc-1',
    subnets: spec.network.subnets.map(({ zone, cidr }, index) => ({ zone, cidr, id: `subnet-${index}` })),
    internetGatewayId: 'igw-1',
    routeTableId: 'rtb-1',
    securityGroupId: 'sg-1',
    keyPairName: 'groundswell-test',
  };
}

export interface SettledInput {
  readonly spec: ClusterSpec;
  readonly units?: readonly RenderedUnit[];
  readonly preparedDigests?: Readonly<Record<string, string>>;
}

/** Facts of a cluster that is exactly as spec and units say. */
export function settledFacts({ spec, units = [], preparedDigests = {} }: SettledInput): ClusterFacts {
  const kubernetes: KubernetesFacts = {
    initialised: true,
    podNetworkInstalled: true,
    data: {},
    record: { made: madeSettings(spec), settled: settledSettings(spec) },
    nodes: spec.nodes.map((node) => {
      const digest = preparedDigests[node.name];
      const prepared = digest === undefined ? {} : { [preparedAnnotation]: digest };
      return aNodeFact(node, { annotations: { [recordAnnotation]: nodeRecord(node), ...prepared } });
    }),
    units: units.map(({ name, digest }) => ({ name, digest, complete: true, held: true })),
  };
  const instances = spec.nodes.map((node) =>
    anInstance({
      node: node.name,
      diskGiB: node.diskGiB,
      ...(node.instanceTypes[0] === undefined ? {} : { type: node.instanceTypes[0] }),
      ...(node.zones[0] === undefined ? {} : { zone: node.zones[0] }),
    }),
  );
  return someFacts({ network: { ...wholeNetwork(spec), initialisedGeneration: 1 }, instances, kubernetes });
}

/** The plan of a spec; from nothing by default. */
export function aPlan(
  input: Partial<SettledInput> & { readonly facts?: ClusterFacts; readonly wishes?: PlanWishes } = {},
): Plan {
  const { spec = aSpec(), facts = someFacts(), units = [], ...rest } = input;
  return computePlan({ spec, facts, units, digest: sha256, ...rest });
}
