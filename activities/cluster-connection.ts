import { controlPlaneOf } from '../model/spec/control-plane-of.js';
import type { PlanBody } from '../model/plan/plan.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import type { CallOptions } from '../systems/calls.js';
import type { Ec2Compute } from '../systems/ec2/ec2.js';
import type { Kubernetes, KubernetesAccess } from '../systems/kubernetes/kubernetes.js';
import type { HostIdentity } from '../systems/ssh/host-identity.js';
import type { SshTarget } from '../systems/ssh/ssh.js';
import { hostTarget } from './hosts/host-target.js';

export interface ClusterConnectionDependencies {
  readonly ec2Compute: Ec2Compute;
  readonly kubernetesAccess: KubernetesAccess;
  readonly identity: HostIdentity;
}

/**
 * Connects to the Kubernetes API of a cluster by way of the running instance of its control plane, found by tags.
 * Fails with `KubernetesUnavailable` when there is no such instance or kubeadm init did not run there, `HostUnreachable`, `HostLoginRefused` or `HostKeyChanged`.
 */
export async function connectToCluster(
  dependencies: ClusterConnectionDependencies,
  { spec }: PlanBody,
  options?: CallOptions,
): Promise<Kubernetes> {
  const { name } = controlPlaneOf(spec);
  const wanted = { cluster: spec.cluster, nodes: [name] };
  const instances = await dependencies.ec2Compute.describeInstances(wanted, options);
  const [instance] = instances
    .filter(({ node, state }) => node === name && state === 'running')
    .sort((a, b) => b.generation - a.generation);
  if (instance === undefined) {
    throw new RolloutError('KubernetesUnavailable', `control plane ${name}: no running instance with its tags`);
  }
  const host = hostTarget({ spec, instance, identity: dependencies.identity });
  return connectByHost(dependencies, { spec, host }, options);
}

/**
 * Connects to the Kubernetes API by way of a host of the control plane. Fails with `KubernetesUnavailable` when the
 * credentials that kubeadm init leaves are not there, `HostUnreachable`, `HostLoginRefused` or `HostKeyChanged`.
 */
export async function connectByHost(
  { kubernetesAccess }: Pick<ClusterConnectionDependencies, 'kubernetesAccess'>,
  { spec, host }: { readonly spec: ClusterSpec; readonly host: SshTarget },
  options?: CallOptions,
): Promise<Kubernetes> {
  const kubernetes = await kubernetesAccess.connect(host, { endpoint: spec.controlPlaneEndpoint }, options);
  if (kubernetes !== undefined) return kubernetes;
  throw new RolloutError(
    'KubernetesUnavailable',
    `control plane ${host.node}: expected /etc/kubernetes/admin.conf, which kubeadm init writes; found none`,
  );
}
