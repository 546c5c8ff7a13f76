import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { Ssh, SshTarget } from '../../systems/ssh/ssh.js';

/**
 * Whether a host still shows the key that it was launched with: nobody has reached it yet, so nothing is on it. Fails as SSH
 * fails where it does not answer.
 */
export async function isNewHost(
  { ssh, identity }: { readonly ssh: Ssh; readonly identity: HostIdentity },
  host: { readonly cluster: string; readonly instance: InstanceFact; readonly target: SshTarget },
  options: CallOptions,
): Promise<boolean> {
  const { node, generation } = host.instance;
  const first = identity.firstKey({ cluster: host.cluster, node, generation }).publicKey;
  try {
    await ssh.connect({ ...host.target, hostKeys: [first] }, options);
    return true;
  } catch (error) {
    if (error instanceof RolloutError && error.type === 'HostKeyChanged') return false;
    throw error;
  }
}
