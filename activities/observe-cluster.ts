import type { ClusterFacts, InstanceFact, KubernetesFacts } from '../model/facts.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec.js';
import type { CallOptions } from '../systems/calls.js';
import type { Ec2Compute, Ec2Network } from '../systems/ec2/ec2.js';
import type { KubernetesAccess } from '../systems/kubernetes/kubernetes.js';
import type { HostIdentity } from '../systems/ssh/host-identity.js';
import type { Ssh, SshTarget } from '../systems/ssh/ssh.js';
import { hostTarget } from './host-target.js';
import { observeKubernetes } from './observe-kubernetes.js';

export interface ObserveDependencies {
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly kubernetesAccess: KubernetesAccess;
  readonly ssh: Ssh;
  readonly identity: HostIdentity;
}

/** Everything that can be seen of a cluster now: EC2 by ownership tags, Kubernetes where a control plane answers. */
export async function observeCluster(
  dependencies: ObserveDependencies,
  spec: ClusterSpec,
  options: CallOptions,
): Promise<ClusterFacts> {
  const owner = { cluster: spec.cluster };
  const [account, image, network, instances] = await Promise.all([
    dependencies.ec2Compute.account(options),
    dependencies.ec2Compute.resolveImage(spec.image, options),
    dependencies.ec2Network.describeNetwork({ ...owner, allowedCidrs: spec.access.allowedCidrs }, options),
    dependencies.ec2Compute.describeInstances(owner, options),
  ]);
  const kubernetes = await kubernetesFacts(dependencies, { spec, instances }, options);
  return { account, image, network, instances, ...(kubernetes === undefined ? {} : { kubernetes }) };
}

/** A control plane that does not answer gives no facts: its steps are planned, and each looks again before it acts. */
async function kubernetesFacts(
  dependencies: ObserveDependencies,
  { spec, instances }: { readonly spec: ClusterSpec; readonly instances: readonly InstanceFact[] },
  options: CallOptions,
): Promise<KubernetesFacts | undefined> {
  const controlPlane = spec.nodes.find(({ role }) => role === 'control-plane');
  const instance = instances.find(({ node, state }) => node === controlPlane?.name && state === 'running');
  if (instance === undefined) return undefined;
  const target = hostTarget({ spec, instance, identity: dependencies.identity });
  try {
    const connection = { endpoint: spec.controlPlaneEndpoint };
    const kubernetes = await dependencies.kubernetesAccess.connect(target, connection, options);
    return kubernetes === undefined ? undefined : await observeKubernetes(kubernetes, options);
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    if (unreachable.includes(error.type)) return undefined;
    if (error.type === 'HostKeyChanged' && (await isNew(dependencies, { spec, instance, target }, options)))
      return undefined;
    throw error;
  }
}

/** Whether a host still shows the key that it was launched with: nobody has reached it yet, so nothing is on it. */
async function isNew(
  { ssh, identity }: ObserveDependencies,
  {
    spec,
    instance,
    target,
  }: { readonly spec: ClusterSpec; readonly instance: InstanceFact; readonly target: SshTarget },
  options: CallOptions,
): Promise<boolean> {
  const { node, generation } = instance;
  const first = identity.firstKey({ cluster: spec.cluster, node, generation }).publicKey;
  try {
    await ssh.connect({ ...target, hostKeys: [first] }, options);
    return true;
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    return unreachable.includes(error.type);
  }
}

const unreachable: readonly string[] = ['HostUnreachable', 'HostLoginRefused', 'HostNotReady', 'KubernetesUnavailable'];
