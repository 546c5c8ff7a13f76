import { podNetworkPods } from '../model/kubernetes/pod-network.js';
import { networkTrouble } from '../model/gate/network-trouble.js';
import type { KubernetesObject, ObjectReference } from '../model/kubernetes/kubernetes-object.js';
import { nodeIntent, nodeTrouble, taintsToSet } from '../model/facts/node-reconciliation.js';
import { nodeFact } from '../model/facts/node-fact.js';
import { surplusOf } from '../model/facts/node-record.js';
import type { PlanBody } from '../model/plan/plan.js';
import { RolloutError } from '../model/rollout-error.js';
import type { NodeSpec, Taint } from '../model/spec/spec.js';
import type { Ansible } from '../systems/ansible/ansible.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import type { CallOptions } from '../systems/calls.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';
import { type ClusterConnectionDependencies, connectToCluster } from './cluster-connection.js';
import { plannedNode, type NodeInput } from './planned-node.js';
import type { Pace } from '../systems/wait-until.js';
import { pollCluster } from './poll-cluster.js';
import { preparedDigest } from './hosts/prepared-digest.js';
import { withHeartbeat } from './with-heartbeat.js';

export type NodeActivities = ReturnType<typeof createNodeActivities>;

export interface NodeDependencies extends ClusterConnectionDependencies {
  readonly artifacts: Artifacts;
  readonly ansible: Ansible;
  /** Hash function for digests: hexadecimal SHA-256 of a text. */
  readonly digest: (text: string) => string;
}

/** A Node object appears some seconds after its kubelet starts; Ready follows the pod network: 2 minutes on a busy machine. */
export const nodePace: Pace = { everyMs: 1_500, deadlineMs: 5 * 60_000 };
/** Who we are to the API server in what we set on Nodes and their join tokens. */
export const nodeFieldManager = 'groundswell-nodes';

/** What is done to the Node objects of a cluster. */
export function createNodeActivities(dependencies: NodeDependencies, pace: Pace = nodePace) {
  return {
    /**
     * Gives a Node its planned labels and taints as soon as it exists, before it is Ready, and the digest of its
     * preparation.
     * Fails with `NodeNotReady` when there is no Node within 5 minutes, `FieldConflict` when somebody else owns a
     * label, `KubernetesUnavailable`.
     *
     * Repeat: safe; server-side apply of the same labels changes nothing. It sets only missing taints, and only if
     * nobody wrote the Node in between.
     */
    async labelNode(input: NodeInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { body, node } = await plannedNode(dependencies.artifacts, input);
        const outcome = await pollCluster({
          connect: () => connectToCluster(dependencies, body, options),
          pace,
          options,
          look: async (kubernetes) => {
            const live = await kubernetes.get(nodeReference(node.name), options);
            if (live === undefined) return { waitsFor: `node ${node.name}: its kubelet has not registered yet` };
            const prepared = body.prepared?.[node.name] ?? (await ownDigest(dependencies, body, node));
            return { done: await reconcileNode({ kubernetes, node, prepared }, live, options) };
          },
        });
        if ('done' in outcome) return outcome.done;
        throw new RolloutError(
          'NodeNotReady',
          `node ${node.name}: no Node object after ${seconds(pace)} s (${outcome.waitsFor})`,
        );
      });
    },

    /**
     * Waits until a Node is Ready and the pod network works on it: Ready comes before the network does.
     * Fails with `NodeNotReady` and the last condition after 5 minutes.
     *
     * Repeat: safe; it only looks.
     */
    async waitForNodeReady(input: NodeInput): Promise<{ readonly changed: boolean }> {
      return withHeartbeat(async (options) => {
        const { body, node } = await plannedNode(dependencies.artifacts, input);
        const outcome = await pollCluster({
          connect: () => connectToCluster(dependencies, body, options),
          pace,
          options,
          look: async (kubernetes) => {
            const trouble = await nodeReadyTrouble(kubernetes, node, options);
            return trouble === undefined ? { done: true } : { waitsFor: trouble };
          },
        });
        if ('done' in outcome) return { changed: false };
        throw new RolloutError(
          'NodeNotReady',
          `node ${node.name}: not ready after ${seconds(pace)} s: ${outcome.waitsFor}`,
        );
      });
    },
  };
}

export interface NodeReconciliation {
  readonly kubernetes: Kubernetes;
  readonly node: NodeSpec;
  /** What its host is prepared with; the annotation is left out when that is not known. */
  readonly prepared: string | undefined;
}

/**
 * Makes the labels, the annotation and the taints of a Node what the plan says; touches nothing of others.
 * Fails with `FieldConflict` when somebody else set one of our labels to another value.
 */
export async function reconcileNode(
  input: NodeReconciliation,
  live: KubernetesObject,
  options: CallOptions,
): Promise<{ readonly changed: boolean }> {
  const { kubernetes, node, prepared } = input;
  const intent = nodeIntent({ node, uid: live.metadata.uid ?? '', prepared });
  // before the record of what we set says something else
  const surplus = surplusOf(node, nodeFact(live)).taints;
  const tainted = await reconcileTaints(kubernetes, { node, live, surplus }, options);
  const { object } = await kubernetes.apply(intent, { ...options, fieldManager: nodeFieldManager });
  return { changed: differs(live, object, intent) || tainted };
}

/** Taints are one list for all its writers, so it is replaced only if the Node is still the one that was read. */
async function reconcileTaints(
  kubernetes: Kubernetes,
  found: { readonly node: NodeSpec; readonly live: KubernetesObject; readonly surplus: readonly Taint[] },
  options: CallOptions,
): Promise<boolean> {
  const reference = nodeReference(found.node.name);
  let live: KubernetesObject | undefined = found.live;
  for (let tries = 5; live !== undefined; tries -= 1) {
    const taints = taintsToSet(live, found);
    if (taints === undefined) return false;
    const unchanged = { op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion } as const;
    const set = { op: 'add', path: '/spec/taints', value: taints } as const;
    try {
      await kubernetes.patch(reference, [unchanged, set], { ...options, fieldManager: nodeFieldManager });
      return true;
    } catch (error) {
      if (tries === 1 || !(error instanceof RolloutError) || error.type !== 'KubernetesRefused') throw error;
    }
    live = await kubernetes.get(reference, options);
  }
  throw new RolloutError('NodeNotReady', `node ${found.node.name}: its Node object is gone`);
}

/** Why a Node does not take pods yet, its part of the pod network included; `undefined` when it does. */
export async function nodeReadyTrouble(
  kubernetes: Kubernetes,
  node: NodeSpec,
  options: CallOptions,
): Promise<string | undefined> {
  const live = await kubernetes.get(nodeReference(node.name), options);
  if (live === undefined) return 'there is no Node object';
  const trouble = nodeTrouble(live, node);
  if (trouble !== undefined) return trouble;
  return networkTrouble(
    await kubernetes.list({ ...podNetworkPods, fieldSelector: `spec.nodeName=${node.name}` }, options),
  );
}

export function nodeReference(name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'Node', name };
}

/** For a plan of an earlier build, which does not say what its hosts are prepared with. */
async function ownDigest(
  { ansible, digest }: Pick<NodeDependencies, 'ansible' | 'digest'>,
  { spec }: PlanBody,
  node: NodeSpec,
): Promise<string> {
  return preparedDigest({ spec, node, content: await ansible.contentDigest(), digest });
}

/** Whether an apply of the intent moved something of ours; others write to Nodes all the time. */
function differs(before: KubernetesObject, after: KubernetesObject, intent: KubernetesObject): boolean {
  const labels = before.metadata.labels ?? {};
  const set = Object.entries(intent.metadata.labels ?? {}).some(([key, value]) => labels[key] !== value);
  const removed = Object.keys(labels).some((key) => after.metadata.labels?.[key] === undefined);
  const annotations = before.metadata.annotations ?? {};
  const annotated = Object.entries(intent.metadata.annotations ?? {}).some(
    ([key, value]) => annotations[key] !== value,
  );
  return set || removed || annotated;
}

function seconds(pace: Pace): number {
  return Math.round(pace.deadlineMs / 1_000);
}
