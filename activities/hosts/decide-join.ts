import type { HostFacts, NodeIdentity } from './host-program.js';

/**
 * What has to be done so that a host is joined. What kubeadm forgives and what not was tried out; see docs/architecture.md.
 *
 * - `nothing`: it has joined.
 * - `attach`: a join is at work on the host; wait for it.
 * - `finish`: one was cut off; the kubelet may well end it by itself.
 * - `wait`: one ended long ago, and the host is not well now. Nothing is done to it: a person has to look.
 * - `join`: nothing is there.
 */
export type JoinDecision = 'nothing' | 'attach' | 'finish' | 'wait' | 'join';

export function decideJoin(facts: HostFacts): JoinDecision {
  if (facts.joinRuns) return 'attach';
  if (facts.joined && !facts.bootstrapLeft) return 'nothing';
  if (!facts.joinBegun) return 'join';
  return wasCutOff(facts) ? 'finish' : 'wait';
}

/**
 * Why a host must not be reset and its Node must not be deleted; `undefined` when both may be done. That it does not look
 * well proves nothing: only what a finished join removes proves that ours was cut off.
 */
export function resetRefusal(facts: HostFacts, node: NodeIdentity | undefined): string | undefined {
  if (facts.joined) return 'it has joined';
  if (node !== undefined && node.machineId === facts.machineId) {
    return `its Node is this host${node.ready ? ' and Ready' : ' and not Ready'}`;
  }
  if (facts.joinBegun && !wasCutOff(facts)) return 'its join had completed';
  return undefined;
}

/** kubeadm removes the bootstrap credentials at the end of a join, a failed one included; a kubelet's are made by then. */
function wasCutOff({ bootstrapLeft, neverJoined }: HostFacts): boolean {
  return bootstrapLeft || neverJoined;
}
