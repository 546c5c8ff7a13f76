import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeActivities } from '../../activities/nodes.js';
import { listAt, textAt } from '../../model/json/json-value.js';
import { aNode, aSpec } from '../builders.js';
import {
  hasControlPlane,
  ranStatus,
  type RealControlPlane,
  skipReason,
  startRealControlPlane,
} from '../real-control-plane.js';
import { aClusterUnderTest, type ClusterUnderTest, runActivity } from './cluster-dependencies.js';

const infrastructure = { key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' } as const;
const agentNotReady = { key: 'agent.example.com/not-ready', effect: 'NoExecute' } as const;
const names = ['late', 'contested', 'absent', 'slow'];
const spec = aSpec({
  nodes: [
    aNode({ name: 'k8s-master', role: 'control-plane' }),
    ...names.map((name) =>
      aNode({ name, labels: { workload: name, tier: 'infrastructure' }, taints: [infrastructure] }),
    ),
    aNode({ name: 'starting', labels: { workload: 'starting' }, startupTaints: [agentNotReady] }),
  ],
});
const quick = { everyMs: 100, deadlineMs: 1_000 };
const patient = { everyMs: 100, deadlineMs: 20_000 };

/** Keys of the taints in the spec of a Node. */
function taintKeysOf(spec: unknown): readonly string[] {
  return listAt({ spec }, 'spec', 'taints').map((taint) => textAt(taint, 'key') ?? '');
}

describe.skipIf(!hasControlPlane)(`createNodeActivities${skipReason}`, () => {
  let plane: RealControlPlane;
  let cluster: ClusterUnderTest;
  beforeAll(async () => {
    plane = await startRealControlPlane();
    cluster = aClusterUnderTest({ spec, kubernetes: () => plane.kubernetes });
  });
  afterAll(() => plane.stop());

  const label = (name: string, pace = patient) =>
    runActivity((given) => createNodeActivities(cluster.dependencies, pace).labelNode(given), {
      plan: cluster.plan,
      node: cluster.node(name),
    });
  const wait = (name: string, pace = patient) =>
    runActivity((given) => createNodeActivities(cluster.dependencies, pace).waitForNodeReady(given), {
      plan: cluster.plan,
      node: cluster.node(name),
    });
  const read = (name: string) => plane.kubernetes.get({ apiVersion: 'v1', kind: 'Node', name });

  it('labels and taints a node as soon as it registers, and leaves the taints of others', async () => {
    const labelled = label('late');
    await plane.setNode('late', { ready: false, taints: [{ key: 'mine', effect: 'NoExecute' }] });

    expect(await labelled).toEqual({ changed: true });
    const node = await read('late');
    expect(node?.metadata.labels).toMatchObject({ workload: 'late', tier: 'infrastructure' });
    // the worker's own roles are others meanwhile: what was planned, and what prepared the host, counts
    expect(node?.metadata.annotations?.['groundswell.dev/prepared']).toBe(cluster.body.prepared?.['late']);
    expect(node).toMatchObject({
      spec: {
        taints: expect.arrayContaining([
          expect.objectContaining(infrastructure),
          expect.objectContaining({ key: 'mine' }),
          expect.objectContaining({ key: 'node.kubernetes.io/not-ready' }),
        ]),
      },
    });
  });

  it('changes nothing the second time', async () => {
    expect(await label('late')).toEqual({ changed: false });
  });

  it('takes away a label and a taint that left the spec, and leaves those of others', async () => {
    const fewer = aSpec({
      nodes: [
        aNode({ name: 'k8s-master', role: 'control-plane' }),
        aNode({ name: 'late', labels: { workload: 'late' } }),
      ],
    });
    const later = aClusterUnderTest({ spec: fewer, kubernetes: () => plane.kubernetes });
    await plane.kubectl('label', 'node', 'late', 'theirs=yes');
    const activities = createNodeActivities(later.dependencies, patient);
    const input = { plan: later.plan, node: later.node('late') };

    expect(await runActivity((given) => activities.labelNode(given), input)).toEqual({ changed: true });
    const node = await read('late');
    expect(node?.metadata.labels).toMatchObject({ workload: 'late', theirs: 'yes' });
    expect(node?.metadata.labels).not.toHaveProperty('tier');
    const taints = taintKeysOf(node?.['spec']);
    expect(taints).toContain('mine');
    expect(taints).not.toContain(infrastructure.key);
    expect(await runActivity((given) => activities.labelNode(given), input)).toEqual({ changed: false });
  });

  it('sets no start-up taint again that an agent took away, and takes none away that is there', async () => {
    await plane.setNode('starting', { ready: true, taints: [agentNotReady] });
    expect(await label('starting')).toEqual({ changed: true });
    expect(taintKeysOf((await read('starting'))?.['spec'])).toContain(agentNotReady.key);

    await plane.kubectl('taint', 'node', 'starting', `${agentNotReady.key}-`);

    expect(await label('starting')).toEqual({ changed: false });
    expect(taintKeysOf((await read('starting'))?.['spec'])).not.toContain(agentNotReady.key);
  });

  it('takes no label by force from somebody else', async () => {
    await plane.setNode('contested', { ready: true });
    await plane.kubectl('label', 'node', 'contested', 'workload=theirs');

    await expect(label('contested')).rejects.toMatchObject({
      type: 'FieldConflict',
      message: expect.stringMatching(/^Node contested: field .metadata.labels.workload belongs to "kubectl-label"/),
    });
  });

  it('never makes a node that no kubelet registered', async () => {
    await expect(label('absent', quick)).rejects.toMatchObject({
      type: 'NodeNotReady',
      message: expect.stringContaining('node absent: no Node object after 1 s'),
    });
    expect(await read('absent')).toBeUndefined();
  });

  it('waits for Ready and then for the pod network, and says what it waits for', async () => {
    await plane.setNode('slow', { ready: false });
    await expect(wait('slow', quick)).rejects.toMatchObject({
      type: 'NodeNotReady',
      message:
        'node slow: not ready after 1 s: not Ready (last condition: KubeletNotReady: cni plugin not initialized)',
    });

    await plane.setNode('slow', { ready: true });
    await expect(wait('slow', { ...quick, deadlineMs: 4_000 })).rejects.toThrow(
      'node slow: not ready after 4 s: Ready, but no pod of flannel runs on it yet',
    );

    await plane.kubectl('create', 'namespace', 'kube-flannel');
    await plane.kubectl('-n', 'kube-flannel', 'create', 'serviceaccount', 'default').catch(() => undefined);
    const flannel = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-flannel-ds-x', namespace: 'kube-flannel', labels: { app: 'flannel' } },
      spec: { nodeName: 'slow', containers: [{ name: 'kube-flannel', image: 'flannel:1' }] },
    };
    const { object } = await plane.kubernetes.apply(flannel, { fieldManager: 'test' });
    const waited = wait('slow');
    await plane.setPod(object, ranStatus(object));

    expect(await waited).toEqual({ changed: false });
  });

  it('waits for a control plane that does not answer yet, and says so', async () => {
    const silent = aClusterUnderTest({ spec, kubernetes: () => undefined });
    const activities = createNodeActivities(silent.dependencies, quick);
    const input = { plan: silent.plan, node: silent.node('late') };

    await expect(runActivity((given) => activities.labelNode(given), input)).rejects.toThrow(
      /control plane k8s-master: expected .*admin\.conf, which kubeadm init writes; found none/,
    );
  });
});
