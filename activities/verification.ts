import { networkTrouble } from '../model/gate/network-trouble.js';
import { systemNamespaces, podNetworkPods } from '../model/kubernetes/pod-network.js';
import { controlPlaneOf } from '../model/spec/control-plane-of.js';
import { nodeOfStep } from '../model/names/parse-step.js';
import { firstExpiry } from '../model/plan/certificates.js';
import { type FirstExpiry } from '../model/facts/facts.js';
import { settledSettings } from '../model/facts/cluster-record.js';
import { judgedText } from '../model/gate/gate-sentence.js';
import { verdictOf } from '../model/gate/gate.js';
import { textAt } from '../model/json-value.js';
import type { KubernetesObject } from '../model/kubernetes/kubernetes-object.js';
import { nodeDeviations, nodeTrouble } from '../model/facts/node-reconciliation.js';
import type { PlanBody } from '../model/plan/plan.js';
import { preparedAnnotation } from '../model/facts/node-record.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import { unitStep, type StepId, verifyStep } from '../model/steps.js';
import { referenceOf } from '../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../systems/calls.js';
import type { Kubernetes } from '../systems/kubernetes/kubernetes.js';
import type { Ssh } from '../systems/ssh/ssh.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';
import { connectToCluster } from './cluster-connection.js';
import { writeRecord } from './cluster-record.js';
import { endJoinTokens } from './hosts/end-join-tokens.js';
import { judgePods, lookForNotReady, openObjects, readInventory } from './units/judge-unit.js';
import { hostTarget, runningInstance } from './hosts/host-target.js';
import { type NodeDependencies, reconcileNode } from './nodes.js';
import { planBody } from './plan-body.js';
import type { Pace } from '../systems/wait-until.js';
import { pollCluster } from './poll-cluster.js';
import { certificateFacts } from './hosts/see-certificates.js';
import { withHeartbeat } from './with-heartbeat.js';

export type VerificationActivities = ReturnType<typeof createVerificationActivities>;

/** The same as for nodes, because labels that drifted are set again; certificates are read on the host. */
export type VerificationDependencies = NodeDependencies & { readonly ssh: Ssh };

/** CoreDNS and the last DaemonSet pods are ready half a minute after the last node; a busy machine needs more. */
export const verifyPace: Pace = { everyMs: 2_000, deadlineMs: 5 * 60_000 };

/** What is looked at when everything is done. */
export function createVerificationActivities(dependencies: VerificationDependencies, pace: Pace = verifyPace) {
  return {
    /**
     * Makes sure that the cluster fits the plan. Every node is Ready with exactly its labels and taints (missing ones
     * are set again). Kubernetes' own workloads and the pod network are ready, every unit is still ready, and no join
     * token is valid. Then records the settings that take effect by themselves.
     * Fails with `VerifyFailed` after 5 minutes, everything that deviates named; `FieldConflict` when somebody else set
     * one of our labels.
     *
     * Repeat: safe; it looks, and sets only what is missing.
     */
    async verifyCluster(input: VerifyInput): Promise<Verified> {
      return withHeartbeat(async (options) => {
        const { body, leftOut } = without(input.skipped ?? [], await planBody(dependencies.artifacts, input.plan));
        let changed = false;
        const outcome = await pollCluster({
          connect: () => connectToCluster(dependencies, body, options),
          pace,
          options,
          look: async (kubernetes) => {
            if (await reconcileNodes({ body, kubernetes }, options)) changed = true;
            const deviations = await deviationsOf({ kubernetes, body, leftOut }, options);
            if (deviations.length > 0) return { waitsFor: deviations.join(' · ') };
            await endJoinTokens(kubernetes, options);
            if (await recordSettings({ body, kubernetes }, options)) changed = true;
            return { done: true };
          },
        });
        if ('done' in outcome) return { changed, ...(await expiryOf(dependencies, body.spec, options)) };
        throw new RolloutError('VerifyFailed', `cluster ${body.spec.cluster}: ${outcome.waitsFor}`);
      });
    },
  };
}

interface Verified {
  readonly changed: boolean;
  /** The certificate that expires first, for statuses; absent where it cannot be seen. */
  readonly expiry?: FirstExpiry;
}

interface VerifyInput {
  readonly plan: PlanReference;
  /** Steps that the run goes on without: their nodes and units are not looked at, nor what does not run on such a node. */
  readonly skipped?: readonly StepId[];
}

async function expiryOf(
  { ec2Compute, ssh, identity }: VerificationDependencies,
  spec: ClusterSpec,
  options: CallOptions,
): Promise<Pick<Verified, 'expiry'>> {
  const node = controlPlaneOf(spec).name;
  const instance = await runningInstance(ec2Compute, { cluster: spec.cluster, node }, options);
  const host = hostTarget({ spec, instance, identity });
  const expiry = firstExpiry(node, await certificateFacts({ ssh, host, options }));
  return expiry === undefined ? {} : { expiry };
}

interface Promised {
  readonly body: PlanBody;
  /** Names of the nodes that the run goes on without. */
  readonly leftOut: ReadonlySet<string>;
}

function without(skipped: readonly StepId[], body: PlanBody): Promised {
  const skippedNodes = new Set(skipped.map(nodeOfStep));
  const isLeftOut = ({ name }: { readonly name: string }): boolean => skippedNodes.has(name);
  const nodes = body.spec.nodes.filter((node) => !isLeftOut(node));
  const units = body.units.filter(({ name, wave }) => !skipped.includes(unitStep(wave, name)));
  const leftOut = new Set(body.spec.nodes.filter(isLeftOut).map(({ name }) => name));
  return { body: { ...body, spec: { ...body.spec, nodes }, units }, leftOut };
}

interface ClusterLook {
  readonly body: PlanBody;
  readonly kubernetes: Kubernetes;
}

async function reconcileNodes(input: ClusterLook, options: CallOptions): Promise<boolean> {
  let changed = false;
  const nodes = await liveNodes(input.kubernetes, options);
  for (const node of input.body.spec.nodes) {
    const live = nodes.get(node.name);
    if (live === undefined || nodeDeviations(live, node).length === 0) continue;
    // what a host is prepared with is for those to say who prepare it
    const prepared = live.metadata.annotations?.[preparedAnnotation];
    const outcome = await reconcileNode({ kubernetes: input.kubernetes, node, prepared }, live, options);
    changed ||= outcome.changed;
  }
  return changed;
}

/** Whether the record changed where the plan says so: with every other change it is written along. */
async function recordSettings({ body, kubernetes }: ClusterLook, options: CallOptions): Promise<boolean> {
  const settings = settledSettings(body.spec);
  const written = await writeRecord(kubernetes, { part: 'settled', settings }, options);
  return written && body.plan.steps.some(({ step, op }) => step === verifyStep && op !== 'none');
}

interface Verification extends Promised {
  readonly kubernetes: Kubernetes;
}

async function deviationsOf(look: Verification, options: CallOptions): Promise<readonly string[]> {
  const { kubernetes, body } = look;
  const nodes = await nodeProblems(kubernetes, body.spec.nodes, options);
  const units = await Promise.all(body.units.map((unit) => unitProblems(look, unit, options)));
  const system = await Promise.all(systemNamespaces.map((namespace) => systemProblems(look, namespace, options)));
  return [...nodes, ...system.flat(), ...units.flat()];
}

/** All nodes by two lists: asking for each would be thousands of requests in a large cluster. */
async function nodeProblems(
  kubernetes: Kubernetes,
  nodes: PlanBody['spec']['nodes'],
  options: CallOptions,
): Promise<readonly string[]> {
  const all = await liveNodes(kubernetes, options);
  const pods = Map.groupBy(await kubernetes.list(podNetworkPods, options), (pod) => textAt(pod, 'spec', 'nodeName'));
  return nodes.flatMap((node) => {
    const live = all.get(node.name);
    if (live === undefined) return [`node ${node.name}: there is no Node object`];
    const trouble = nodeTrouble(live, node) ?? networkTrouble(pods.get(node.name) ?? []);
    const problems = [...(trouble === undefined ? [] : [trouble]), ...nodeDeviations(live, node)];
    return problems.map((problem) => `node ${node.name}: ${problem}`);
  });
}

async function liveNodes(kubernetes: Kubernetes, options: CallOptions): Promise<ReadonlyMap<string, KubernetesObject>> {
  const nodes = await kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, options);
  return new Map(nodes.map((node) => [node.metadata.name, node]));
}

async function systemProblems(
  { kubernetes, leftOut }: Verification,
  namespace: string,
  options: CallOptions,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const look = { kubernetes, leftOut, notReady: lookForNotReady(kubernetes, options) };
  for (const kind of ['Deployment', 'DaemonSet']) {
    const workloads = await kubernetes.list({ apiVersion: 'apps/v1', kind, namespace }, options);
    for (const live of workloads) {
      const own = verdictOf({ live, applied: { uid: live.metadata.uid ?? '', generation: 0 } });
      const { verdict } = await judgePods(look, { live, own }, options);
      if (verdict.verdict !== 'ready') problems.push(judgedText({ reference: referenceOf(live), verdict }));
    }
    if (kind === 'DaemonSet' && workloads.length === 0)
      problems.push(`namespace ${namespace}: expected DaemonSets, found none`);
  }
  return problems;
}

async function unitProblems(
  { kubernetes, leftOut }: Verification,
  unit: PlanBody['units'][number],
  options: CallOptions,
): Promise<readonly string[]> {
  const inventory = await readInventory(kubernetes, unit.name, options);
  if (inventory === undefined) return [`unit ${unit.name}: it has no inventory, so it was never applied`];
  if (inventory.appliedDigest !== unit.digest) {
    return [`unit ${unit.name}: expected ${unit.digest}, found ${inventory.appliedDigest ?? 'an unfinished apply'}`];
  }
  const open = await openObjects(kubernetes, inventory, options, { leftOut });
  return open.map((entry) => `unit ${unit.name}: ${judgedText(entry)}`);
}
