import { controlPlaneOf } from '../../model/spec/control-plane-of.js';
import { instanceOf, isLive } from '../../model/plan/node-instance.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute, Ec2Network } from '../../systems/ec2/ec2.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { checkWorkerSecret } from './check-worker-secret.js';
import { hostTarget } from '../hosts/host-target.js';

export interface SecretToRecordDependencies {
  readonly ec2Network: Ec2Network;
  readonly ec2Compute: Ec2Compute;
  readonly ssh: Ssh;
  readonly identity: HostIdentity;
}

/**
 * Returns the fingerprint to record for a VPC without a record, which is that of this worker's secret. Returns it if no
 * instance of the cluster lives, or if the control plane shows a host key from this secret. `undefined` where nothing
 * proves it: a wrong secret must not become the one that the cluster is known by.
 *
 * Only this function makes a worker secret: when there is none, no VPC remembers one, and no instance of the cluster
 * lives. Fails with `WorkerSecretMissing` where one does, `WorkerSecretWrong` where the VPC remembers another one, and
 * as EC2 fails: then nothing is known, and nothing is made.
 */
export async function secretToRecord(
  dependencies: SecretToRecordDependencies,
  spec: ClusterSpec,
  options: CallOptions,
): Promise<string | undefined> {
  const { ec2Network, ec2Compute, identity } = dependencies;
  const { cluster } = spec;
  const [network, instances] = await Promise.all([
    ec2Network.describeNetwork({ cluster }, options),
    ec2Compute.describeInstances({ cluster }, options),
  ]);
  checkWorkerSecret(identity, { cluster, network, instances });
  if (!instances.some(isLive)) return identity.makeSecret();
  const instance = instanceOf(controlPlaneOf(spec).name, instances).live;
  if (instance?.state !== 'running') return undefined;
  const { node, generation } = instance;
  const host = hostTarget({ spec, instance, identity });
  const first = identity.firstKey({ cluster, node, generation }).publicKey;
  try {
    await dependencies.ssh.connect({ ...host, hostKeys: [first, ...host.hostKeys] }, options);
    return identity.fingerprint();
  } catch (error) {
    if (error instanceof RolloutError) return undefined;
    throw error;
  }
}
