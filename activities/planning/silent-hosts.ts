import type { ClusterFacts } from '../../model/facts/facts.js';
import { instanceOf } from '../../model/facts/node-instance.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { CallOptions } from '../../systems/calls.js';
import type { HostIdentity } from '../../systems/ssh/host-identity.js';
import type { Ssh } from '../../systems/ssh/ssh.js';
import { hostTarget } from '../hosts/host-target.js';

/** So many hosts are asked at the same time. */
const atOnce = 50;

/**
 * The nodes of the cluster whose instances run and whose hosts do not answer at their SSH port. Only nodes that joined are asked: a
 * new host boots for a while. The control plane was looked at already.
 */
export async function silentHosts(
  { ssh, identity }: { readonly ssh: Ssh; readonly identity: HostIdentity },
  { spec, facts }: { readonly spec: ClusterSpec; readonly facts: Pick<ClusterFacts, 'instances' | 'kubernetes'> },
  options: CallOptions,
): Promise<readonly string[]> {
  const joined = new Set((facts.kubernetes?.nodes ?? []).map(({ name }) => name));
  const hosts = spec.nodes.flatMap(({ name, role }) => {
    const instance = instanceOf(name, facts.instances).live;
    return role === 'worker' && joined.has(name) && instance?.state === 'running' ? [{ name, instance }] : [];
  });
  const silent: string[] = [];
  for (let first = 0; first < hosts.length; first += atOnce) {
    await Promise.all(
      hosts.slice(first, first + atOnce).map(async ({ name, instance }) => {
        if (!(await ssh.answers(hostTarget({ spec, instance, identity }), options))) silent.push(name);
      }),
    );
  }
  return silent.toSorted();
}
