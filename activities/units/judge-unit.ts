import { hasPods, verdictOf, withPods } from '../../model/gate/gate.js';
import { conditionOf } from '../../model/gate/condition.js';
import type { Judged } from '../../model/gate/gate-sentence.js';
import { nodeOfPod, silentNodesVerdict, verdictWithoutNodes } from '../../model/gate/pods-on-nodes.js';
import type { Verdict } from '../../model/gate/verdict.js';
import { textAt } from '../../model/json-value.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import {
  inventoryReference,
  parseInventory,
  type InventoryEntry,
  type UnitInventory,
} from '../../model/kubernetes/unit-inventory.js';
import { isSeenComplete } from '../../model/kubernetes/passing-job.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { podsOf } from './unit-pods.js';

/** One object of a unit with its verdict, and whether a pod of it can never run as it is. */
export interface JudgedObject extends Judged {
  readonly terminal: boolean;
}

/** What nodes have to do with a verdict. */
export interface NodesInQuestion {
  /** Names of nodes that the run goes on without: pods there do not count. Default: none. */
  readonly leftOut?: ReadonlySet<string>;
}

/** Looks at every object of an inventory once and says what is to be said of it. Empty: everything is ready. */
export async function openObjects(
  kubernetes: Kubernetes,
  inventory: UnitInventory,
  options: CallOptions,
  { leftOut = new Set() }: NodesInQuestion = {},
): Promise<readonly JudgedObject[]> {
  const look: Look = { kubernetes, leftOut, notReady: lookForNotReady(kubernetes, options) };
  const judged = await Promise.all(inventory.objects.map((entry) => judge(look, { entry, inventory }, options)));
  return judged.filter(({ verdict }) => verdict.verdict !== 'ready');
}

/** The inventory of a unit; `undefined` when it was never applied. */
export async function readInventory(
  kubernetes: Kubernetes,
  unit: string,
  options: CallOptions,
): Promise<UnitInventory | undefined> {
  const configMap = await kubernetes.get(inventoryReference(unit), options);
  return configMap === undefined ? undefined : parseInventory(configMap);
}

/** One look at a cluster, whose nodes are asked for once, and only where something depends on them. */
interface Look {
  readonly kubernetes: Kubernetes;
  readonly leftOut: ReadonlySet<string>;
  readonly notReady: () => Promise<ReadonlySet<string>>;
}

/** Names of the nodes that are not Ready. */
export function lookForNotReady(kubernetes: Kubernetes, options: CallOptions): () => Promise<ReadonlySet<string>> {
  let asked: Promise<ReadonlySet<string>> | undefined;
  const ask = async (): Promise<ReadonlySet<string>> => {
    const nodes = await kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, options);
    const silent = nodes.filter((node) => conditionOf(node, 'Ready')?.status !== 'True');
    return new Set(silent.map(({ metadata }) => metadata.name));
  };
  return () => (asked ??= ask());
}

async function judge(
  look: Look,
  { entry, inventory }: { readonly entry: InventoryEntry; readonly inventory: UnitInventory },
  options: CallOptions,
): Promise<JudgedObject> {
  const { kubernetes } = look;
  const live = await kubernetes.get(entry, options);
  const storageClass =
    live?.kind === 'PersistentVolumeClaim' ? await storageClassOf(kubernetes, live, options) : undefined;
  const { uid = '', generation = 0, passing } = entry;
  const known = passing === undefined ? {} : { secondsAfterEnd: passing.secondsAfterEnd };
  const applied = { uid, generation, ...known, seenComplete: isSeenComplete(inventory, entry) };
  const own = verdictOf({ live, applied, ...(storageClass === undefined ? {} : { storageClass }) });
  const judged = live === undefined ? { verdict: own, terminal: false } : await judgePods(look, { live, own }, options);
  return { reference: entry, ...judged };
}

/**
 * Adds the pods of a workload to the verdict on it. Pods on skipped nodes do not count. It reports trouble of a pod on
 * a Ready node first, then nodes that are not Ready.
 */
export async function judgePods(
  { kubernetes, leftOut, notReady }: Look,
  { live, own }: { readonly live: KubernetesObject; readonly own: Verdict },
  options: CallOptions,
): Promise<Pick<JudgedObject, 'verdict' | 'terminal'>> {
  if (own.verdict === 'ready' || own.verdict === 'failed' || !hasPods(live.kind))
    return { verdict: own, terminal: false };
  const pods = await podsOf(kubernetes, live, options);
  const isDaemonSet = live.kind === 'DaemonSet';
  const verdict = isDaemonSet ? verdictWithoutNodes(own, { daemonSet: live, pods, leftOut }) : own;
  // a pod of an older template on a node that is silent keeps a DaemonSet from going on, too
  const counted = isDaemonSet ? pods.own.filter((pod) => !leftOut.has(nodeOfPod(pod) ?? '')) : pods.newest;
  if (verdict.verdict === 'ready' || counted.length === 0) return { verdict, terminal: false };
  const silent = await notReady();
  const told = withPods(
    verdict,
    pods.newest.filter((pod) => counted.includes(pod) && !silent.has(nodeOfPod(pod) ?? '')),
  );
  if (told.verdict !== verdict) return told;
  return { verdict: silentNodesVerdict(counted, silent, verdict.progress) ?? verdict, terminal: false };
}

async function storageClassOf(
  kubernetes: Kubernetes,
  claim: KubernetesObject,
  options: CallOptions,
): Promise<KubernetesObject | undefined> {
  const name = textAt(claim, 'spec', 'storageClassName');
  if (name === undefined || name === '') return undefined;
  return kubernetes.get({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name }, options);
}
