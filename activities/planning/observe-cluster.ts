import { controlPlaneOf } from '../../model/spec/control-plane-of.js';
import { isHiddenByCertificates } from '../../model/plan/certificates.js';
import type { ClusterFacts, InstanceFact, KubernetesFacts } from '../../model/facts/facts.js';
import { instanceOf, isLive } from '../../model/plan/node-instance.js';
import type { PlanBody } from '../../model/plan/plan.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { KubernetesAccess } from '../../systems/kubernetes/kubernetes.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { checkWorkerSecret } from './check-worker-secret.js';
import type { HostCall } from '../hosts/host-program.js';
import { hostTarget } from '../hosts/host-target.js';
import { isNewHost } from '../hosts/is-new-host.js';
import { observeKubernetes } from './observe-kubernetes.js';
import { silentHosts } from './silent-hosts.js';
import { certificateFacts } from '../hosts/see-certificates.js';

export interface ObserveDependencies {
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly kubernetesAccess: KubernetesAccess;
  readonly ssh: Ssh;
  readonly identity: HostIdentity;
}

/**
 * Everything that can be seen of a cluster now: EC2 by ownership tags, Kubernetes where a control plane answers. Fails
 * with `ClusterUnseen` when `kubeadm init` once completed on a control plane that lives and cannot be seen. Fails with
 * `WorkerSecretWrong` or `WorkerSecretMissing` before any contact with a host.
 */
export async function observeCluster(
  dependencies: ObserveDependencies,
  spec: ClusterSpec,
  options: CallOptions,
  units: readonly RenderedUnit[] = [],
): Promise<ClusterFacts> {
  const owner = { cluster: spec.cluster };
  const [account, image, found, instances] = await Promise.all([
    dependencies.ec2Compute.account(options),
    dependencies.ec2Compute.resolveImage(spec.image, options),
    dependencies.ec2Network.describeNetwork({ ...owner, allowedCidrs: spec.access.allowedCidrs }, options),
    dependencies.ec2Compute.describeInstances(owner, options),
  ]);
  checkWorkerSecret(dependencies.identity, { ...owner, network: found, instances });
  const look = await lookAtKubernetes(dependencies, { spec, instances, units }, options);
  const isProved = look.seen.kubernetes !== undefined || !instances.some(isLive);
  const isUnrecorded = found.vpcId !== undefined && found.workerSecret === undefined;
  const network = isProved && isUnrecorded ? { ...found, recordsSecret: true } : found;
  const seen = { account, image, network, instances, ...look.seen };
  const silent = await silentHosts(dependencies, { spec, facts: seen }, options);
  const facts = silent.length === 0 ? seen : { ...seen, silent };
  if (facts.kubernetes === undefined && !isHiddenByCertificates(facts)) {
    refuseUnseen(spec, facts, `${look.unseen ?? ''}${unreadText(facts)}`);
  }
  return facts;
}

interface KubernetesLook {
  readonly seen: Pick<ClusterFacts, 'kubernetes' | 'certificates'>;
  /** Why Kubernetes says nothing. */
  readonly unseen?: string;
}

/** What the control plane says, or why it says nothing. Fails with `HostKeyChanged` when another host answers. */
async function lookAtKubernetes(
  dependencies: ObserveDependencies,
  { spec, instances, units }: Pick<ClusterFacts, 'instances'> & Pick<PlanBody, 'spec' | 'units'>,
  options: CallOptions,
): Promise<KubernetesLook> {
  const instance = controlPlaneInstance(spec, instances);
  if (instance === undefined) return { seen: {}, unseen: 'it has no instance' };
  if (instance.state !== 'running') return { seen: {}, unseen: `${instance.id} is ${instance.state}` };
  const target = hostTarget({ spec, instance, identity: dependencies.identity });
  const look: HostCall = { ssh: dependencies.ssh, host: target, options };
  try {
    const connection = { endpoint: spec.controlPlaneEndpoint };
    const kubernetes = await dependencies.kubernetesAccess.connect(target, connection, options);
    if (kubernetes === undefined) return { seen: {}, unseen: `${instance.id} has no /etc/kubernetes/admin.conf` };
    return { seen: await withCertificates(await observeKubernetes(kubernetes, options, units), look) };
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    const isNoAnswer =
      unreachable.includes(error.type) ||
      (error.type === 'HostKeyChanged' &&
        (await isNewOrSilent(dependencies, { cluster: spec.cluster, instance, target }, options)));
    if (!isNoAnswer) throw error;
    // a host that answers can say whether it is for its certificates that the API does not
    const certificates = error.type === 'KubernetesUnavailable' ? { certificates: await certificateFacts(look) } : {};
    return { seen: certificates, unseen: `${instance.id}: ${error.message}` };
  }
}

/** One that is not initialised yet has none that matter. */
async function withCertificates(kubernetes: KubernetesFacts, look: HostCall): Promise<KubernetesLook['seen']> {
  return kubernetes.initialised ? { kubernetes, certificates: await certificateFacts(look) } : { kubernetes };
}

/** Where an expired certificate may be the cause, and cannot be seen: what a person can do about it on the host. */
function unreadText({ certificates }: Pick<ClusterFacts, 'certificates'>): string {
  if (certificates === undefined || !('unknown' in certificates)) return '';
  return (
    `; it is unknown whether a certificate has expired (${certificates.unknown}); on the host, ` +
    '`sudo kubeadm certs check-expiration` shows it, and `sudo kubeadm certs renew all` renews them'
  );
}

/**
 * A control plane that does not answer has nothing on it yet, or cannot be seen. The first is planned, and each step looks
 * again before it acts; the second stops the plan.
 */
function refuseUnseen(
  spec: ClusterSpec,
  { network, instances }: Pick<ClusterFacts, 'network' | 'instances'>,
  unseen: string,
): void {
  const instance = controlPlaneInstance(spec, instances);
  const { initialisedGeneration } = network;
  if (instance === undefined || initialisedGeneration === undefined) return;
  if (instance.generation > initialisedGeneration) return;
  throw new RolloutError(
    'ClusterUnseen',
    `control plane ${instance.node}: expected an answer, because kubeadm init completed on generation ` +
      `${initialisedGeneration}; found none: ${unseen}`,
  );
}

/** The newest instance of the control plane that lives. */
function controlPlaneInstance(spec: ClusterSpec, instances: readonly InstanceFact[]): InstanceFact | undefined {
  return instanceOf(controlPlaneOf(spec).name, instances).live;
}

/** Whether a host is new, or, asked again, does not answer at all. */
async function isNewOrSilent(
  dependencies: ObserveDependencies,
  host: Parameters<typeof isNewHost>[1],
  options: CallOptions,
): Promise<boolean> {
  try {
    return await isNewHost(dependencies, host, options);
  } catch (error) {
    if (error instanceof RolloutError && unreachable.includes(error.type)) return true;
    throw error;
  }
}

const unreachable: readonly string[] = ['HostUnreachable', 'HostLoginRefused', 'HostNotReady', 'KubernetesUnavailable'];
