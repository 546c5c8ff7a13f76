import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { podNetwork } from '../kubernetes/pod-network.js';
import { verdictOf } from './verdict-of.js';

/** Why the pod network does not work on a node yet, by its pods there; `undefined` when it does. */
export function networkTrouble(pods: readonly KubernetesObject[]): string | undefined {
  const verdicts = pods.map((pod) => ({
    pod,
    verdict: verdictOf({ live: pod, applied: { uid: pod.metadata.uid ?? '', generation: 0 } }),
  }));
  if (verdicts.some(({ verdict }) => verdict.verdict === 'ready')) return undefined;
  const [first] = verdicts;
  if (first === undefined) return `Ready, but no pod of ${podNetwork.title} runs on it yet`;
  return `Ready, but pod ${first.pod.metadata.name} ${first.verdict.reason}`;
}
