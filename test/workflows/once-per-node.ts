import type { Effect } from '../../rehearsal/simulated/world.js';

/** What a roll-out of `examples/three-nodes.yaml` does to its hosts, in the words of `oncePerNode`. */
export const eachOnce: readonly string[] = [
  'RunInstances k8s-api-auth',
  'RunInstances k8s-master',
  'RunInstances k8s-redis',
  'kubeadm init k8s-master',
  'kubeadm join k8s-api-auth',
  'kubeadm join k8s-redis',
];

/** What a ledger says was done to hosts, sorted. What was done twice is there twice. */
export function oncePerNode(ledger: readonly Effect[]): readonly string[] {
  return ledger
    .filter(({ effect }) => ['RunInstances', 'kubeadm init', 'kubeadm join'].includes(effect))
    .map(({ effect, node }) => `${effect} ${node ?? ''}`)
    .toSorted();
}
