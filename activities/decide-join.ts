import type { HostFacts, NodeIdentity } from './host-program.js';

/**
 * What has to be done so that a host is joined. What kubeadm forgives and what not was tried out; see docs/architecture.md.
 *
 * - `nothing`: it has joined.
 * - `attach`: a join is at work on the host; wait for it.
 * - `finish`: one was cut off; the kubelet may well end it by itself.
 * - `join`: nothing is there.
 */
export type JoinDecision = 'nothing' | 'attach' | 'finish' | 'join';

export function decideJoin(facts: HostFacts): JoinDecision {
  if (facts.joinRuns) return 'attach';
  if (facts.joined && !facts.bootstrapLeft) return 'nothing';
  return facts.joinBegun ? 'finish' : 'join';
}

/** Why a host must not be reset and its Node must not be deleted; `undefined` when both may be done. */
export function resetRefusal(facts: HostFacts, node: NodeIdentity | undefined): string | undefined {
  if (facts.joined) return 'it has joined';
  if (node?.ready === true && node.machineId === facts.machineId) return 'its Node is Ready and is this host';
  return undefined;
}
