import { listAt, numberAt, textAt } from '../json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { podVerdict } from './other-verdict.js';
import { ready, stuck, type Verdict, waiting } from './verdict.js';
import { isSeen } from './workload-verdict.js';

/** So many nodes are named, the others counted. */
const mostNamed = 3;

/**
 * The verdict on a DaemonSet without the skipped nodes of a run. It is ready when each other node of the DaemonSet has
 * a ready pod. The counts of its status do not tell nodes apart, so its pods are counted.
 */
export function verdictWithoutNodes(verdict: Verdict, input: WithoutNodes): Verdict {
  const { daemonSet, pods, leftOut } = input;
  const wanted = numberAt(daemonSet, 'status', 'desiredNumberScheduled') ?? 0;
  const isLeftOut = (pod: KubernetesObject): boolean => leftOut.has(nodeOfPod(pod) ?? '');
  const nodes = new Set(pods.own.filter(isLeftOut).map(nodeOfPod));
  if (wanted === 0 || nodes.size === 0 || !isSeen(daemonSet)) return verdict;
  const others = wanted - nodes.size;
  const there = pods.newest.filter((pod) => !isLeftOut(pod) && podVerdict(pod).verdict === 'ready').length;
  return there >= others ? ready : waiting(`${there} of ${others} available`, `${there}/${others}`);
}

interface WithoutNodes {
  readonly daemonSet: KubernetesObject;
  readonly pods: {
    /** All that it owns, also of older templates, and those that are going. */
    readonly own: readonly KubernetesObject[];
    /** Those that have to be ready. */
    readonly newest: readonly KubernetesObject[];
  };
  /** Names of the nodes that the run goes on without. */
  readonly leftOut: ReadonlySet<string>;
}

/** Why a workload waits for pods on nodes that are not Ready; `undefined` when none of its pods does. */
export function silentNodesVerdict(
  pods: readonly KubernetesObject[],
  notReady: ReadonlySet<string>,
  progress: string | undefined,
): Verdict | undefined {
  const waitsFor = pods.filter((pod) => notReady.has(nodeOfPod(pod) ?? '') && podVerdict(pod).verdict !== 'ready');
  const nodes = [...new Set(waitsFor.flatMap((pod) => nodeOfPod(pod) ?? []))];
  if (nodes.length === 0) return undefined;
  const pod = waitsFor.length === 1 ? '1 pod' : `${waitsFor.length} pods`;
  return stuck(`waits for ${pod} on ${nodesText(nodes)}`, progress);
}

/** Where a pod is, or is meant to be: the DaemonSet controller names its node by affinity until it is bound. */
export function nodeOfPod(pod: KubernetesObject): string | undefined {
  const bound = textAt(pod, 'spec', 'nodeName');
  if (bound !== undefined) return bound;
  const required = ['affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  const fields = listAt(pod, 'spec', ...required).flatMap((term) => listAt(term, 'matchFields'));
  const named = fields.find((field) => textAt(field, 'key') === 'metadata.name' && textAt(field, 'operator') === 'In');
  const [value] = listAt(named, 'values');
  return typeof value === 'string' ? value : undefined;
}

function nodesText(nodes: readonly string[]): string {
  if (nodes.length === 1) return `node ${nodes[0] ?? ''}, which is NotReady`;
  const more = nodes.length - mostNamed;
  const named = nodes.slice(0, mostNamed).join(', ');
  return `nodes ${named}${more > 0 ? ` and ${more} more` : ''}, which are NotReady`;
}
