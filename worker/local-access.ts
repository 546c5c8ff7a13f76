import { controlPlaneOf } from '../model/spec/control-plane-of.js';
import { checkWorkerSecret } from '../activities/planning/check-worker-secret.js';
import { hostTarget } from '../activities/hosts/host-target.js';
import type { InstanceFact } from '../model/facts/facts.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';
import type { SshTarget } from '../systems/ssh/ssh.js';
import { createDependencies, type Dependencies } from './dependencies.js';
import type { Target } from '../installation/target.js';

export type { SshTarget };

/** Returns the id of the account of a target's credentials. Fails with the failures of EC2. */
export async function accountOf(target: Target, timeoutMs: number): Promise<string> {
  const { ec2Compute } = await createDependencies(target);
  return ec2Compute.account({ signal: AbortSignal.timeout(timeoutMs) });
}

/**
 * Returns the SSH coordinates of a node, from the tags of its running instance. Fails with `UsageInvalid` when the spec
 * has no such node, and with `InstanceGone` when no instance of the node runs. Fails also with `WorkerSecretWrong` or
 * `WorkerSecretMissing`.
 */
export async function hostOf(target: Target, spec: ClusterSpec, node: string): Promise<SshTarget> {
  return findHost(await localDependencies(target), spec, node);
}

/**
 * Fetches the kubeconfig of a cluster from its control plane over pinned SSH. Fails with `InstanceGone`, and with
 * `KubernetesUnavailable` when kubeadm init has not run. Fails also with `WorkerSecretWrong`, `WorkerSecretMissing`,
 * and the failures of SSH.
 */
export async function kubeconfigOf(target: Target, spec: ClusterSpec): Promise<string> {
  const { dependencies, host } = await controlPlaneHost(target, spec);
  const text = await dependencies.kubernetesAccess.kubeconfig(host, { endpoint: spec.controlPlaneEndpoint });
  return text ?? noCluster(host.node);
}

/** Connects to the Kubernetes API of a cluster from this machine. Fails as `kubeconfigOf` does. */
export async function kubernetesOf(target: Target, spec: ClusterSpec): Promise<Kubernetes> {
  const { dependencies, host } = await controlPlaneHost(target, spec);
  const kubernetes = await dependencies.kubernetesAccess.connect(host, { endpoint: spec.controlPlaneEndpoint });
  return kubernetes ?? noCluster(host.node);
}

async function controlPlaneHost(target: Target, spec: ClusterSpec) {
  const dependencies = await localDependencies(target);
  const { name } = controlPlaneOf(spec);
  return { dependencies, host: await findHost(dependencies, spec, name) };
}

function noCluster(name: string): never {
  throw new RolloutError(
    'KubernetesUnavailable',
    `control plane ${name}: no kubeconfig yet, because kubeadm init has not run`,
  );
}

async function localDependencies(target: Target): Promise<Dependencies> {
  if (target.kind !== 'simulated') return createDependencies(target);
  throw new RolloutError(
    'UsageInvalid',
    'this rehearsal is simulated: it has no hosts and no Kubernetes API to reach; one on real hosts has: npm run rehearsal:down, npm start -- --real',
  );
}

/** Finds the host of a node. Reports a wrong secret before it connects to any host. */
async function findHost(
  { ec2Network, ec2Compute, identity }: Dependencies,
  spec: ClusterSpec,
  node: string,
): Promise<SshTarget> {
  const names = spec.nodes.map(({ name }) => name);
  if (!names.includes(node)) {
    throw new RolloutError('UsageInvalid', `node ${node}: not in the spec; its nodes are ${names.join(', ')}`);
  }
  const { cluster } = spec;
  const [network, instances] = await Promise.all([
    ec2Network.describeNetwork({ cluster }),
    ec2Compute.describeInstances({ cluster }),
  ]);
  checkWorkerSecret(identity, { cluster, network, instances });
  const instance = newestRunning(instances.filter((known) => known.node === node));
  if (instance !== undefined) return hostTarget({ spec, instance, identity });
  throw new RolloutError('InstanceGone', `node ${node}: no running instance with the tags of cluster ${cluster}`);
}

function newestRunning(instances: readonly InstanceFact[]): InstanceFact | undefined {
  const running = instances.filter(({ state }) => state === 'running');
  return running.toSorted((a, b) => b.generation - a.generation)[0];
}
