import { controlPlaneMark, hostnameLabel } from '../../../model/kubernetes/node-marks.js';
import { podNetwork } from '../../../model/kubernetes/pod-network.js';
import type { InstanceFact } from '../../../model/facts/facts.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { textAt } from '../../../model/json/json-value.js';
import { keyOf, noteChange, putObject } from './kept-objects.js';
import type { World } from '../world.js';

/**
 * Makes the objects that `kubeadm init` leaves in a cluster, from its input documents. It makes only objects that
 * somebody reads.
 */
export function createClusterObjects(world: World, documents: readonly unknown[]): void {
  const metadata = { name: 'kubeadm-config', namespace: 'kube-system' };
  const data = { ClusterConfiguration: clusterConfiguration(documents) };
  putNew(world, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, 'create');
  const objects = [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cluster-info', namespace: 'kube-public' } },
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      spec: { selector: { matchLabels: { 'k8s-app': 'kube-proxy' } } },
    },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'coredns', namespace: 'kube-system' } },
  ];
  for (const object of objects) putNew(world, { spec: {}, ...object }, 'create');
}

/** As kubeadm prints it: one field a line. */
function clusterConfiguration(documents: readonly unknown[]): string {
  const document = documents.find((each) => textAt(each, 'kind') === 'ClusterConfiguration');
  const places = {
    kubernetesVersion: ['kubernetesVersion'],
    controlPlaneEndpoint: ['controlPlaneEndpoint'],
    podSubnet: ['networking', 'podSubnet'],
    serviceSubnet: ['networking', 'serviceSubnet'],
  };
  return Object.entries(places)
    .map(([name, path]) => `${name}: ${textAt(document, ...path) ?? ''}`)
    .join('\n');
}

/** The DaemonSet of the pod network. */
export function installPodNetwork(world: World): void {
  const { apiVersion, kind, ...metadata } = podNetwork.daemonSet;
  const spec = { selector: { matchLabels: podNetwork.podLabel } };
  putNew(world, { apiVersion, kind, metadata, spec }, 'apply');
}

/**
 * The Node that a kubelet registers, with the taints of its kubeadm configuration from the first moment. A worker's kubelet
 * has asked for its certificate before; that of a control plane gets it from kubeadm.
 */
export function addNode(world: World, instance: InstanceFact, documents: readonly unknown[]): void {
  const controlPlane = documents.length > 1;
  if (!controlPlane) noteCertificateRequest(world, instance.node);
  const labels = {
    [hostnameLabel]: instance.node,
    ...(controlPlane ? { [controlPlaneMark]: '' } : {}),
  };
  const spec = { taints: taintsIn(documents), providerID: `aws:///${instance.zone}/${instance.id}` };
  putNew(world, { apiVersion: 'v1', kind: 'Node', metadata: { name: instance.node, labels }, spec }, 'create');
  world.things.readyAtMs.set(
    keyOf({ apiVersion: 'v1', kind: 'Node', name: instance.node }),
    Date.now() + (world.durations.ready ?? 0) * 1000,
  );
}

/** Id of the instance that the Node of a name is; `undefined` without such a Node. */
export function machineOf(world: World, name: string): string | undefined {
  const node = world.things.objects.get(keyOf({ apiVersion: 'v1', kind: 'Node', name }));
  const providerId = node === undefined ? undefined : field(node['spec'], 'providerID');
  return typeof providerId === 'string' ? providerId.split('/').at(-1) : undefined;
}

/** Deletes the Node of a name, as `kubectl delete node` does. */
export function removeNode(world: World, name: string): void {
  const key = keyOf({ apiVersion: 'v1', kind: 'Node', name });
  if (world.things.objects.delete(key)) world.note({ system: 'kubernetes', effect: 'delete', key, node: name });
}

function noteCertificateRequest(world: World, node: string): void {
  const name = `csr-${world.nextNumber()}`;
  const key = keyOf({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', name });
  world.note({ system: 'kubernetes', effect: 'create', key, node });
}

/** Without `effect` it is made by Kubernetes itself, which no ledger tells. */
function putNew(world: World, object: KubernetesObject, effect?: 'create' | 'apply'): void {
  const { name, namespace } = object.metadata;
  const key = keyOf({ ...object, name, ...(namespace === undefined ? {} : { namespace }) });
  if (world.things.objects.has(key)) return;
  const resourceVersion = String(world.nextNumber());
  const metadata = { ...object.metadata, uid: `uid-${world.nextNumber()}`, generation: 1, resourceVersion };
  putObject(world, { ...object, metadata });
  if (effect !== undefined) noteChange(world, effect, { ...object, metadata });
}

function taintsIn(documents: readonly unknown[]): readonly unknown[] {
  for (const document of documents) {
    const registration = field(document, 'nodeRegistration');
    const taints = field(registration, 'taints');
    if (Array.isArray(taints)) return taints;
  }
  return [];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(name) : undefined;
}
