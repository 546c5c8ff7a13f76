import type { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDrainActivities } from '../../../activities/removal/drain.js';
import { numberAt, textAt, valueAt } from '../../../model/json/json-value.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import type { Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { auditedWrites } from '../../audited-writes.js';
import { anInstance, aNode, aSpec } from '../../builders.js';
import { failureOf } from '../../failure-of.js';
import { hasControlPlane, type RealControlPlane, skipReason, startRealControlPlane } from '../../real-control-plane.js';
import { aClusterUnderTest, anEnvironment, runActivity } from '../cluster-dependencies.js';

const names = ['k8s-a', 'k8s-b', 'k8s-c', 'k8s-d', 'k8s-silent', 'k8s-stopped', 'k8s-none', 'k8s-data'];
const spec = aSpec({
  nodes: [aNode({ name: 'k8s-master', role: 'control-plane' }), ...names.map((name) => aNode({ name }))],
});
const instances = spec.nodes.map(({ name }) =>
  anInstance({ node: name, state: name === 'k8s-stopped' ? 'stopped' : 'running' }),
);
const patient = { everyMs: 100, deadlineMs: 60_000 };
const quick = { everyMs: 100, deadlineMs: 1_000 };
const containers = [{ name: 'c', image: 'groundswell.dev/stand-in:1' }];

function aWorkload(kind: 'Deployment' | 'DaemonSet', name: string, pod: Readonly<Record<string, unknown>> = {}) {
  const template = {
    metadata: { labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 0, containers, ...pod },
  };
  const metadata = { name, namespace: 'default' };
  const counted = kind === 'Deployment' ? { replicas: 2 } : {};
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { ...counted, selector: { matchLabels: { app: name } }, template },
  };
}

function aPod(name: string, node: string, fields: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  const spec = { nodeName: node, terminationGracePeriodSeconds: 0, containers, ...fields };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
}

describe.skipIf(!hasControlPlane)(`drainNode${skipReason}`, () => {
  let plane: RealControlPlane;
  let kubelets: { stop(): Promise<void> };
  beforeAll(async () => {
    plane = await startRealControlPlane();
    await plane.kubectl('create', 'serviceaccount', 'default').catch(() => undefined);
    kubelets = plane.runPods();
  });
  afterAll(async () => {
    await kubelets.stop();
    await plane.stop();
  });

  const drain = (
    name: string,
    { pace = patient, kubernetes = plane.kubernetes, confirmed, on = anEnvironment() }: Given = {},
  ) => {
    const cluster = aClusterUnderTest({ spec, instances, kubernetes: () => kubernetes });
    const activities = createDrainActivities(cluster.dependencies, pace);
    const named = confirmed === undefined ? {} : { confirmed };
    return runActivity(
      (given) => activities.drainNode(given),
      { plan: cluster.plan, node: cluster.node(name), ...named },
      on,
    );
  };
  interface Given {
    readonly pace?: typeof patient;
    readonly kubernetes?: Kubernetes;
    readonly confirmed?: readonly string[];
    readonly on?: MockActivityEnvironment;
  }
  const podsOn = async (node: string) => {
    const pods = await plane.kubernetes.list({ apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${node}` });
    return pods.map(({ metadata }) => metadata.labels?.['app'] ?? metadata.name).toSorted();
  };
  const apply = (object: KubernetesObject) => plane.kubernetes.apply(object, { fieldManager: 'test' });
  const isCordoned = async (name: string) =>
    valueAt(await plane.kubernetes.get({ apiVersion: 'v1', kind: 'Node', name }), 'spec', 'unschedulable') === true;
  /** All its pods on this node run. */
  const running = async (app: string, node: string) => {
    const ready = async () => {
      const pods = await plane.kubernetes.list({ apiVersion: 'v1', kind: 'Pod', labelSelector: `app=${app}` });
      const here = pods.filter((pod) => textAt(pod, 'spec', 'nodeName') === node);
      return here.length > 0 && here.every((pod) => textAt(pod, 'status', 'phase') === 'Running');
    };
    await vi.waitUntil(ready, { timeout: 60_000 });
  };

  it('names the budget that blocks and goes on as soon as it allows; pods of a DaemonSet stay', async () => {
    await plane.setNode('k8s-a', { ready: true });
    await apply(aWorkload('Deployment', 'api'));
    await apply(aWorkload('DaemonSet', 'agent'));
    await running('api', 'k8s-a');
    await running('agent', 'k8s-a');
    await plane.kubectl('create', 'pdb', 'api', '--selector=app=api', '--min-available=2');
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: 'api', namespace: 'default' };
    const counted = async () => numberAt(await plane.kubernetes.get(budget), 'status', 'currentHealthy') === 2;
    await vi.waitUntil(counted, { timeout: 60_000 });

    const failure = await failureOf(drain('k8s-a', { pace: quick }));

    expect(failure.type).toBe('DrainBlocked');
    const blocked =
      'Pod default/api-\\S+ stays: PodDisruptionBudget default/api allows 0 disruptions \\(2 healthy, 2 needed\\)';
    expect(failure.message).toMatch(new RegExp(`^node k8s-a: ${blocked}; ${blocked}; not drained after 1 s$`));
    expect(await isCordoned('k8s-a')).toBe(true);
    expect(await podsOn('k8s-a')).toEqual(['agent', 'api', 'api']);

    const drained = drain('k8s-a');
    await plane.setNode('k8s-b', { ready: true });
    await plane.kubectl('patch', 'pdb', 'api', '-p', '{"spec":{"minAvailable":1}}');

    expect(await drained).toEqual({ changed: true });
    expect(await podsOn('k8s-a')).toEqual(['agent']);
    await running('api', 'k8s-b');
    await plane.kubectl('delete', 'pdb/api', 'deployment/api', 'daemonset/agent');
  });

  it('writes nothing the second time', async () => {
    const before = await auditedWrites(plane);

    expect(await drain('k8s-a')).toEqual({ changed: false });
    expect(await auditedWrites(plane)).toEqual(before);
  });

  it('names what nobody makes again, and waits for a pod that ends slowly', async () => {
    await plane.setNode('k8s-c', { ready: true });
    const slow = aPod('slow', 'k8s-c', { terminationGracePeriodSeconds: 600 });
    await apply(slow);

    const failure = await failureOf(drain('k8s-c', { pace: quick }));

    expect(failure).toMatchObject({
      type: 'DrainBlocked',
      message: 'node k8s-c: Pod default/slow ends, for which it has 600 s; not drained after 1 s',
    });
    const drained = drain('k8s-c');
    await plane.kubectl('delete', 'pod', 'slow', '--grace-period=0', '--force');
    expect(await drained).toMatchObject({ changed: false });
    await apply(aPod('bare', 'k8s-c'));
    expect(await drain('k8s-c')).toEqual({
      changed: true,
      homeless: ['Pod default/bare: no controller makes it again'],
    });
  });

  it('goes on where an attempt was killed: each pod is evicted once', async () => {
    await plane.setNode('k8s-d', { ready: true });
    for (const name of ['one', 'two', 'three']) await apply(aPod(name, 'k8s-d'));
    const worker = anEnvironment();
    let evicted = 0;
    const killedAfterTwo: Kubernetes = {
      ...plane.kubernetes,
      evict: async (pod, options) => {
        const answer = await plane.kubernetes.evict(pod, options);
        evicted += 1;
        if (evicted === 2) worker.cancel('WORKER_SHUTDOWN');
        options?.signal?.throwIfAborted();
        return answer;
      },
    };
    await expect(drain('k8s-d', { kubernetes: killedAfterTwo, on: worker })).rejects.toThrow();
    expect(await podsOn('k8s-d')).toHaveLength(1);

    expect(await drain('k8s-d')).toMatchObject({ changed: true });

    expect(await podsOn('k8s-d')).toEqual([]);
    const evictions = (await auditedWrites(plane)).filter((write) => /\/(one|two|three)\/eviction$/.test(write));
    expect(evictions).toHaveLength(3);
  });

  it('evicts nothing while data is there that nobody confirmed, and does not even cordon', async () => {
    await plane.setNode('k8s-data', { ready: true });
    await apply(aPod('db', 'k8s-data', { volumes: [{ name: 'data', emptyDir: {} }] }));

    await expect(drain('k8s-data')).rejects.toMatchObject({
      type: 'DataAtRisk',
      message: expect.stringContaining('node k8s-data: holds data of default/db, which nobody named'),
    });
    expect(await isCordoned('k8s-data')).toBe(false);
    expect(await podsOn('k8s-data')).toEqual(['db']);

    expect(await drain('k8s-data', { confirmed: ['default/db'] })).toMatchObject({ changed: true });
    expect(await podsOn('k8s-data')).toEqual([]);
  });

  it('drains nothing where nothing can end pods, and says why', async () => {
    await plane.setNode('k8s-silent', { ready: false });
    const before = await auditedWrites(plane);

    expect(await drain('k8s-silent')).toEqual({
      changed: false,
      undrained:
        'node k8s-silent: not Ready (KubeletNotReady: cni plugin not initialized), so that nothing can end its pods; nothing is drained',
    });
    expect(await drain('k8s-stopped')).toEqual({
      changed: false,
      undrained: expect.stringMatching(/^node k8s-stopped: i-\S+ is stopped, so that nothing can end its pods/),
    });
    expect(await drain('k8s-none')).toEqual({ changed: false });
    expect(await auditedWrites(plane)).toEqual(before);
  });

  it('leaves a successor alone that took the name meanwhile', async () => {
    await plane.setNode('k8s-b', { ready: true });
    const newer = [...instances, anInstance({ node: 'k8s-b', generation: 2, id: 'i-newer' })];
    const cluster = aClusterUnderTest({ spec, instances: newer, kubernetes: () => plane.kubernetes });
    const activities = createDrainActivities(cluster.dependencies, quick);
    const input = { plan: cluster.plan, node: cluster.node('k8s-b') };

    expect(await runActivity((given) => activities.drainNode(given), input)).toEqual({
      changed: false,
      undrained: 'node k8s-b: i-newer took its place already; nothing to drain',
    });
    expect(await isCordoned('k8s-b')).toBe(false);
  });

  it('refuses a control plane', async () => {
    const cluster = aClusterUnderTest({ spec, instances, kubernetes: () => plane.kubernetes });
    const activities = createDrainActivities(cluster.dependencies, quick);
    const node = { ...cluster.node('k8s-master'), role: 'control-plane' } as const;

    const failure = runActivity((given) => activities.drainNode(given), { plan: cluster.plan, node });

    await expect(failure).rejects.toMatchObject({ type: 'InputInvalid' });
  });
});
