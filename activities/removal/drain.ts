import { conditionOf, conditionText } from '../../model/health/condition.js';
import { type KubernetesObject, objectTitle, referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import { budgetsAgainst, podsToDrain, whyGoing } from '../../model/kubernetes/pods-to-drain.js';
import { valueAt } from '../../model/json/json-value.js';
import { isLive } from '../../model/facts/node-instance.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { Artifacts } from '../../systems/artifacts/artifacts.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import type { Look, Pace } from '../../systems/wait-until.js';
import { type ClusterConnectionDependencies, connectToCluster } from '../cluster-connection.js';
import { nodeFieldManager, nodeReference } from '../nodes.js';
import { planBody } from '../plan-body.js';
import type { NodeInput } from '../planned-node.js';
import { pollCluster } from '../poll-cluster.js';
import { refuseLoss } from './refuse-loss.js';
import { withHeartbeat } from '../with-heartbeat.js';

export type DrainActivities = ReturnType<typeof createDrainActivities>;

export interface DrainDependencies extends ClusterConnectionDependencies {
  readonly artifacts: Artifacts;
}

interface DrainInput extends NodeInput {
  /** What a person named whose data is lost. Default: what the plan knew. */
  readonly confirmed?: readonly string[];
}

export interface DrainOutcome {
  /** Whether it cordoned the Node or evicted a pod. */
  readonly changed: boolean;
  /** Why nothing was drained to the end, in one line; absent when the Node is drained or gone. */
  readonly undrained?: string;
  /** What went and has no other home: `Pod default/tool: no controller makes it again`. Absent when nothing. */
  readonly homeless?: readonly string[];
}

/** 10 minutes: a budget is free again when the pods of a Deployment are ready elsewhere, which has that long by default. */
export const drainPace: Pace = { everyMs: 2_000, deadlineMs: 10 * 60_000 };

/** Pods that a sentence names; the rest is counted. */
const longestList = 3;

/** How a node is emptied before its host goes. */
export function createDrainActivities(dependencies: DrainDependencies, pace: Pace = drainPace) {
  return {
    /**
     * Cordons a Node, evicts its pods as far as their PodDisruptionBudgets allow, again and again, and waits until they are gone.
     * Pods of DaemonSets, static pods and finished ones stay. Without a Node object, or when its host cannot end pods any more
     * (not Ready, its instance does not run), nothing is drained, and the outcome says why. Refuses a control plane.
     * Before that the cluster is asked what would lose data with the host: fails with `DataAtRisk` when not all of it is
     * confirmed. Fails with `DrainBlocked` after 10 minutes, naming pods and budgets, or with `KubernetesUnavailable`.
     *
     * Repeat: safe. A cordoned Node stays cordoned, and a pod that is going is not evicted again. Cordon and evictions name the
     * uid that they mean, so that they miss a successor of the same name.
     */
    async drainNode(input: DrainInput): Promise<DrainOutcome> {
      return withHeartbeat(async (options) => {
        const body = await planBody(dependencies.artifacts, input.plan);
        const { name, role } = input.node;
        if (role === 'control-plane') {
          throw new RolloutError('InputInvalid', `node ${name}: expected a worker; the control plane is not drained`);
        }
        const silent = await silentHost(dependencies, input, options);
        if (silent !== undefined) return told(silent, options);
        const connect = (): Promise<Kubernetes> => connectToCluster(dependencies, body, options);
        const kubernetes = await connect();
        const node = await kubernetes.get(nodeReference(name), options);
        if (node === undefined) return { changed: false };
        const notReady = notReadyText(node);
        if (notReady !== undefined) return told(notReady, options);
        await refuseLoss(kubernetes, { name, confirmed: input.confirmed ?? input.node.data }, options);
        const cordoned = await cordon(kubernetes, node, options);
        return evictAll({ node, cordoned, connect, pace }, options);
      });
    },
  };
}

/** Why the host that is meant cannot end its pods, or is not the one that the Node stands for; `undefined` when it runs. */
async function silentHost(
  { ec2Compute }: DrainDependencies,
  { plan: { cluster }, node: { name, generation } }: DrainInput,
  options: CallOptions,
): Promise<string | undefined> {
  const instances = await ec2Compute.describeInstances({ cluster, nodes: [name] }, options);
  const ours = instances.filter((one) => one.node === name && isLive(one));
  const successor = ours.find((one) => one.generation > generation);
  if (successor !== undefined) return `node ${name}: ${successor.id} took its place already; nothing to drain`;
  if (ours.some(({ state }) => state === 'running')) return undefined;
  const [stopped] = ours;
  const found = stopped === undefined ? 'it has no instance' : `${stopped.id} is ${stopped.state}`;
  return `node ${name}: ${found}, so that nothing can end its pods; nothing is drained`;
}

function notReadyText(node: KubernetesObject): string | undefined {
  const condition = conditionOf(node, 'Ready');
  if (condition?.status === 'True') return undefined;
  const found =
    condition === undefined ? 'its kubelet has not reported yet' : `not Ready (${conditionText(condition)})`;
  return `node ${node.metadata.name}: ${found}, so that nothing can end its pods; nothing is drained`;
}

function told(undrained: string, options: CallOptions): DrainOutcome {
  options.onProgress?.(undrained);
  return { changed: false, undrained };
}

/** Whether it was not cordoned before. A Node that somebody made anew meanwhile is not touched. */
async function cordon(kubernetes: Kubernetes, node: KubernetesObject, options: CallOptions): Promise<boolean> {
  if (valueAt(node, 'spec', 'unschedulable') === true) return false;
  const same = { op: 'test', path: '/metadata/uid', value: node.metadata.uid } as const;
  const set = { op: 'add', path: '/spec/unschedulable', value: true } as const;
  const reference = nodeReference(node.metadata.name);
  await kubernetes.patch(reference, [same, set], { ...options, fieldManager: nodeFieldManager });
  return true;
}

interface Drain {
  /** As it was when the drain began. */
  readonly node: KubernetesObject;
  readonly cordoned: boolean;
  readonly connect: () => Promise<Kubernetes>;
  readonly pace: Pace;
}

async function evictAll({ node, cordoned, connect, pace }: Drain, options: CallOptions): Promise<DrainOutcome> {
  const { name } = node.metadata;
  const homeless = new Set<string>();
  const seen: { evicted: number; blocked: string | undefined } = { evicted: 0, blocked: undefined };
  const look = async (kubernetes: Kubernetes): Promise<Look<string | undefined>> => {
    seen.blocked = undefined;
    const live = await kubernetes.get(nodeReference(name), options);
    if (live?.metadata.uid !== node.metadata.uid) return { done: undefined };
    const notReady = live === undefined ? undefined : notReadyText(live);
    if (notReady !== undefined) return { done: notReady };
    const round = await evictOnce(kubernetes, name, options);
    seen.evicted += round.evicted;
    for (const pod of round.homeless) homeless.add(pod);
    if (round.waitsFor === undefined) return { done: undefined };
    seen.blocked = `node ${name}: ${round.waitsFor}`;
    return { waitsFor: seen.blocked };
  };
  const outcome = await pollCluster({ connect, pace, options, look });
  if (!('done' in outcome)) {
    if (seen.blocked === undefined) throw new RolloutError('KubernetesUnavailable', outcome.waitsFor);
    throw new RolloutError('DrainBlocked', `${outcome.waitsFor}; not drained after ${pace.deadlineMs / 1_000} s`);
  }
  return {
    changed: cordoned || seen.evicted > 0,
    ...(outcome.done === undefined ? {} : { undrained: outcome.done }),
    ...(homeless.size === 0 ? {} : { homeless: [...homeless].toSorted() }),
  };
}

interface Round {
  readonly evicted: number;
  readonly homeless: readonly string[];
  /** `undefined` when no pod is left that has to go. */
  readonly waitsFor: string | undefined;
}

/** Asks once for the eviction of every pod that has to go and does not yet. */
async function evictOnce(kubernetes: Kubernetes, node: string, options: CallOptions): Promise<Round> {
  const here = { apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${node}` };
  const { evicted, going, homeless } = podsToDrain(node, await kubernetes.list(here, options));
  const refused: { readonly pod: KubernetesObject; readonly words: string }[] = [];
  let asked = 0;
  for (const pod of evicted) {
    const { name, namespace = '', uid } = pod.metadata;
    const answer = await kubernetes.evict({ name, namespace, ...(uid === undefined ? {} : { uid }) }, options);
    if (answer === 'evicted') asked += 1;
    else if (answer !== 'gone') refused.push({ pod, words: answer.refused });
  }
  const blocked = refused.length === 0 ? [] : await blockedTexts(kubernetes, refused, options);
  const ending = going.map((pod) => `${titleOf(pod)} ${whyGoing(pod)}`);
  const leaving = asked === 0 ? [] : [asked === 1 ? '1 pod was asked to go' : `${asked} pods were asked to go`];
  const waits = [...blocked, ...ending, ...leaving];
  return { evicted: asked, homeless, waitsFor: waits.length === 0 && evicted.length === 0 ? undefined : listed(waits) };
}

/** In our words by the budgets as they are now; where they allow it meanwhile, in those of the API server. */
async function blockedTexts(
  kubernetes: Kubernetes,
  refused: readonly { readonly pod: KubernetesObject; readonly words: string }[],
  options: CallOptions,
): Promise<readonly string[]> {
  const budgets = await kubernetes.list({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' }, options);
  return refused.map(({ pod, words }) => {
    const against = budgetsAgainst(pod, budgets);
    return `${titleOf(pod)} stays: ${against.length === 0 ? words : against.join(' and ')}`;
  });
}

function listed(texts: readonly string[]): string {
  const more = texts.length - longestList;
  return `${texts.slice(0, longestList).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function titleOf(pod: KubernetesObject): string {
  return objectTitle(referenceOf(pod));
}
