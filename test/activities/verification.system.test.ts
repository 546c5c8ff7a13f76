import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeActivities } from '../../activities/nodes.js';
import { observeKubernetes } from '../../activities/planning/observe-kubernetes.js';
import { createVerificationActivities } from '../../activities/verification.js';
import { createWaveActivities } from '../../activities/units/waves.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import type { StepId } from '../../model/steps.js';
import { aNode, aRenderedUnit, aSpec } from '../builders.js';
import { hasControlPlane, type RealControlPlane, skipReason, startRealControlPlane } from '../real-control-plane.js';
import { aClusterUnderTest, type ClusterUnderTest, runActivity } from './cluster-dependencies.js';

const pace = { everyMs: 200, deadlineMs: 30_000, settleMs: 200 };
const quick = { ...pace, deadlineMs: 1_000 };
const controlPlane = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
const spec = aSpec({
  nodes: [
    aNode({ name: 'k8s-master', role: 'control-plane' }),
    aNode({ name: 'k8s-api', labels: { tier: 'api', domain: 'my' } }),
  ],
});

/** A workload that runs on every node. */
function aWorkload(kind: 'Deployment' | 'DaemonSet', namespace: string, name: string, app = name): KubernetesObject {
  const pod = {
    containers: [{ name, image: 'groundswell.dev/stand-in:1' }],
    terminationGracePeriodSeconds: 0,
    tolerations: [{ operator: 'Exists' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: { selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: pod } },
  };
}

describe.skipIf(!hasControlPlane)(`verifyCluster and observeKubernetes${skipReason}`, () => {
  let plane: RealControlPlane;
  let kubelets: { stop(): Promise<void> };
  let cluster: ClusterUnderTest;
  beforeAll(async () => {
    plane = await startRealControlPlane();
    const my = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'my', namespace: 'api' }, data: {} };
    const units = [aRenderedUnit({ name: 'api-my', wave: 1, namespace: 'api', objects: [my] })];
    cluster = aClusterUnderTest({ spec, units, kubernetes: () => plane.kubernetes });
    kubelets = plane.runPods();
  });
  afterAll(async () => {
    await kubelets.stop();
    await plane.stop();
  });
  /** What the node controller makes of the pods of a node whose kubelet is silent. */
  const silence = async (namespace: string, node: string) => {
    const fieldSelector = `spec.nodeName=${node}`;
    for (const pod of await plane.kubernetes.list({ apiVersion: 'v1', kind: 'Pod', namespace, fieldSelector }))
      await plane.setPod(pod, { conditions: [{ type: 'Ready', status: 'False', reason: 'NodeNotReady' }] });
  };
  const install = (object: KubernetesObject) => plane.kubernetes.apply(object, { fieldManager: 'kubeadm' });
  const verify = (gate = pace) =>
    runActivity((given) => createVerificationActivities(cluster.dependencies, gate).verifyCluster(given), {
      plan: cluster.plan,
    });

  it('finds nothing in a cluster where nothing is, and names everything that is missing', async () => {
    expect(await observeKubernetes(plane.kubernetes)).toEqual({
      nodes: [],
      units: [],
      initialised: false,
      podNetworkInstalled: false,
      data: {},
      record: {},
    });
    await expect(verify(quick)).rejects.toMatchObject({
      type: 'VerifyFailed',
      message:
        'cluster test: node k8s-master: there is no Node object · node k8s-api: there is no Node object · ' +
        'namespace kube-system: expected DaemonSets, found none · namespace kube-flannel: expected DaemonSets, found none · ' +
        'unit api-my: it has no inventory, so it was never applied',
    });
  });

  it('passes when nodes, system workloads and units are as planned', async () => {
    await plane.setNode('k8s-master', { ready: true, taints: [controlPlane], labels: { [controlPlane.key]: '' } });
    await plane.setNode('k8s-api', { ready: true });
    await plane.kubectl('create', 'namespace', 'kube-flannel');
    await install(aWorkload('DaemonSet', 'kube-system', 'kube-proxy'));
    await install(aWorkload('Deployment', 'kube-system', 'coredns'));
    await install(aWorkload('DaemonSet', 'kube-flannel', 'kube-flannel-ds', 'flannel'));
    await plane.kubectl('-n', 'kube-system', 'create', 'configmap', 'kubeadm-config');
    for (const { name } of spec.nodes) {
      const input = { plan: cluster.plan, node: cluster.node(name) };
      await runActivity((given) => createNodeActivities(cluster.dependencies, pace).labelNode(given), input);
      await runActivity((given) => createNodeActivities(cluster.dependencies, pace).waitForNodeReady(given), input);
    }
    const unit = { plan: cluster.plan, unit: cluster.unit('api-my') };
    await runActivity((given) => createWaveActivities(cluster.dependencies, pace).applyUnit(given), unit);

    expect(await verify()).toEqual({ changed: false });
  });

  it('takes init for done only when its last marker is there', async () => {
    expect((await observeKubernetes(plane.kubernetes)).initialised).toBe(false);

    await plane.kubectl('-n', 'kube-public', 'create', 'configmap', 'cluster-info');

    const facts = await observeKubernetes(plane.kubernetes);
    expect(facts).toMatchObject({
      initialised: true,
      podNetworkInstalled: true,
      units: [{ name: 'api-my', digest: cluster.unit('api-my').digest, complete: true }],
    });
    expect(facts.nodes.find(({ name }) => name === 'k8s-api')).toMatchObject({
      ready: true,
      labels: { tier: 'api', domain: 'my' },
      annotations: { 'groundswell.dev/prepared': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('sets a label again that somebody took away, and says that it changed something', async () => {
    await plane.kubectl('label', 'node', 'k8s-api', 'domain-');

    expect(await verify()).toEqual({ changed: true });
    expect(await verify()).toEqual({ changed: false });
  });

  it('ends the join tokens that an attempt of before left, and no others', async () => {
    const token = (id: string, description: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'bootstrap.kubernetes.io/token',
      metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
      stringData: {
        ...{ description, expiration: '2099-01-01T00:00:00Z', 'usage-bootstrap-authentication': 'true' },
        ...{ 'token-id': id, 'token-secret': '0123456789abcdef' },
      },
    });
    await install(token('aaaaaa', 'groundswell: join of k8s-api'));
    await install(token('bbbbbb', 'of somebody else'));

    await verify();

    const endOf = async (id: string) => {
      const path = 'jsonpath={.data.expiration}';
      const args = ['-n', 'kube-system', 'get', 'secret', `bootstrap-token-${id}`, '--ignore-not-found', '-o', path];
      return Buffer.from(await plane.kubectl(...args), 'base64').toString();
    };
    // the token cleaner may have been there first
    expect(await endOf('aaaaaa')).not.toBe('2099-01-01T00:00:00Z');
    expect(await endOf('bbbbbb')).toBe('2099-01-01T00:00:00Z');
  });

  it('does not wait for pods on a node that the run goes on without', async () => {
    await kubelets.stop();
    await plane.setNode('k8s-slow', { ready: false });
    const another = { ...spec, nodes: [...spec.nodes, aNode({ name: 'k8s-slow' })] };
    const larger = aClusterUnderTest({ spec: another, units: cluster.body.units, kubernetes: () => plane.kubernetes });
    const look = (gate: typeof pace, skipped: readonly StepId[]) =>
      runActivity((given) => createVerificationActivities(larger.dependencies, gate).verifyCluster(given), {
        plan: larger.plan,
        skipped,
      });

    expect(await look(pace, ['node/k8s-slow/ready'])).toEqual({ changed: false });
    const missed = look(quick, []);
    const waits = 'waits for 1 pod on node k8s-slow, which is NotReady';
    await expect(missed).rejects.toThrow(`DaemonSet kube-system/kube-proxy 2/3: ${waits}`);
    await expect(missed).rejects.toThrow('node k8s-slow: not Ready');

    await plane.kubectl('delete', 'node', 'k8s-slow');
    kubelets = plane.runPods();
  });

  it('counts a node that was given up nowhere: neither at the gate of a DaemonSet nor at its verification', async () => {
    const agent = aRenderedUnit({ name: 'agent', namespace: 'ops', objects: [aWorkload('DaemonSet', 'ops', 'agent')] });
    const nodes = [...spec.nodes, aNode({ name: 'k8s-dead' })];
    const larger = aClusterUnderTest({
      spec: { ...spec, nodes },
      units: [agent],
      kubernetes: () => plane.kubernetes,
    });
    const { dependencies, plan } = larger;
    const input = { plan, unit: larger.unit('agent') };
    const gate = (skippedNodes: readonly string[], gatePace: typeof pace) =>
      runActivity((given) => createWaveActivities(dependencies, gatePace).waitForUnit(given), {
        ...input,
        skippedNodes,
      });
    const look = (skipped: readonly StepId[], gatePace: typeof pace) =>
      runActivity((given) => createVerificationActivities(dependencies, gatePace).verifyCluster(given), {
        plan,
        skipped,
      });
    await plane.setNode('k8s-dead', { ready: true });
    await runActivity((given) => createWaveActivities(dependencies, pace).applyUnit(given), input);
    await gate([], pace);
    await kubelets.stop();
    await plane.setNode('k8s-dead', { ready: false });
    for (const namespace of ['ops', 'kube-system', 'kube-flannel']) await silence(namespace, 'k8s-dead');

    const waits = 'DaemonSet ops/agent 2/3: waits for 1 pod on node k8s-dead, which is NotReady';
    await expect(gate([], quick)).rejects.toThrow(`wave 0 waits for ${waits}`);
    await expect(look([], quick)).rejects.toThrow(`unit agent: ${waits}`);
    expect(await gate(['k8s-dead'], pace)).toEqual({ changed: false });
    expect(await look(['node/k8s-dead/ready'], pace)).toEqual({ changed: false });

    await plane.kubectl('delete', 'node', 'k8s-dead');
    await plane.kubectl('delete', 'namespace', 'ops', '--wait=false');
    await plane.kubectl('-n', 'groundswell-system', 'delete', 'configmap', 'unit-agent');
    kubelets = plane.runPods();
  });

  it('sees an object that is gone, a taint that nobody planned and a node that is not Ready', async () => {
    await plane.kubectl('-n', 'api', 'delete', 'configmap', 'my');
    await plane.kubectl('taint', 'node', 'k8s-api', 'mine=1:NoSchedule');
    await plane.setNode('k8s-master', { ready: false });

    const failure = verify(quick);

    await expect(failure).rejects.toThrow('unit api-my: ConfigMap api/my: was deleted after its apply');
    await expect(failure).rejects.toThrow('node k8s-api: taint mine:NoSchedule: not planned');
    await expect(failure).rejects.toThrow('node k8s-master: not Ready (last condition: KubeletNotReady');
    expect((await observeKubernetes(plane.kubernetes)).units).toMatchObject([{ complete: false }]);
  });
});
