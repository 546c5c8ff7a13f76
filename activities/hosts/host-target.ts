import type { InstanceFact } from '../../model/facts/facts.js';
import { instanceOf } from '../../model/facts/node-instance.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { ClusterSpec, NodeSpec } from '../../model/spec/spec.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute } from '../../systems/ec2/ec2.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { SshTarget } from '../../systems/ssh/ssh.js';

/** A node of the spec, the running instance that it is on, and the way there. */
export interface OnInstance {
  readonly spec: ClusterSpec;
  readonly node: NodeSpec;
  readonly instance: InstanceFact;
  readonly host: SshTarget;
}

/**
 * The SSH coordinates of a host: the address that `access.address` names, and the second host key as the only one that
 * is accepted. Fails with `InstanceGone` when the instance has no such address.
 */
export function hostTarget(input: {
  readonly spec: ClusterSpec;
  readonly instance: InstanceFact;
  readonly identity: HostIdentity;
}): SshTarget {
  const { spec, instance, identity } = input;
  const address = spec.access.address === 'private' ? instance.privateAddress : instance.publicAddress;
  if (address === undefined) {
    throw new RolloutError(
      'InstanceGone',
      `node ${instance.node}: instance ${instance.id} (${instance.state}) has no ${spec.access.address} address`,
    );
  }
  const host = { cluster: spec.cluster, node: instance.node, generation: instance.generation };
  return {
    node: instance.node,
    address,
    user: spec.access.user,
    key: spec.access.key,
    hostKeys: [identity.secondKey(host).publicKey],
  };
}

/** The running instance of a node, found by its tags. Fails with `InstanceGone` when there is none. */
export async function runningInstance(
  ec2Compute: Ec2Compute,
  { cluster, node }: { readonly cluster: string; readonly node: string },
  options?: CallOptions,
): Promise<InstanceFact> {
  const { live } = instanceOf(node, await ec2Compute.describeInstances({ cluster, nodes: [node] }, options));
  if (live?.state === 'running') return live;
  const found = live === undefined ? 'none' : `${live.id}, which is ${live.state}`;
  throw new RolloutError('InstanceGone', `node ${node}: expected a running instance with its tags, found ${found}`);
}
