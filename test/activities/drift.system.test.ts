import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeActivities } from '../../activities/nodes.js';
import { observeKubernetes } from '../../activities/planning/observe-kubernetes.js';
import { createWaveActivities } from '../../activities/units/waves.js';
import { intendedObject } from '../../model/kubernetes/intended-object.js';
import { isRecord } from '../../model/json/is-record.js';
import type { KubernetesObject, ObjectReference } from '../../model/kubernetes/kubernetes-object.js';
import { preparedAnnotation, recordAnnotation } from '../../model/facts/node-record.js';
import { changesOf } from '../../model/plan/plan.js';
import { inventoryReference } from '../../model/kubernetes/unit-inventory.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { JsonPatchOperation } from '../../systems/kubernetes/kubernetes.js';
import { aNode, aPlan, aRenderedUnit, aSpec, settledFacts, sha256 } from '../builders.js';
import { hasControlPlane, type RealControlPlane, skipReason, startRealControlPlane } from '../real-control-plane.js';
import { aClusterUnderTest, type ClusterUnderTest, runActivity } from './cluster-dependencies.js';

const taint = { key: 'example.com/own', value: 'a', effect: 'PreferNoSchedule' } as const;
const spec = aSpec({
  nodes: [
    aNode({ name: 'k8s-master', role: 'control-plane' }),
    aNode({ name: 'k8s-api', labels: { tier: 'api', team: 'one' }, taints: [taint] }),
  ],
  units: [{ name: 'web', wave: 0, namespace: 'api', manifests: 'web' }],
});
const labels = { app: 'web' };
const container = {
  name: 'web',
  image: 'groundswell.dev/stand-in:1',
  env: [{ name: 'PORT', value: '8080' }],
  ports: [{ name: 'http', containerPort: 8080 }],
  resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
};
const objects: readonly KubernetesObject[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'api', labels },
    data: { a: '1', b: '2' },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'api', annotations: { note: 'x' } },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'api' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } },
    },
  },
];
const unit = aRenderedUnit({
  name: 'web',
  wave: 0,
  namespace: 'api',
  objects,
  digest: sha256(JSON.stringify(objects)),
});

type Path = readonly string[];

/** Paths of everything in an object that has a value of its own. */
function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  const entries = Array.isArray(value)
    ? value.map((item: unknown, index) => [String(index), item] as const)
    : isRecord(value)
      ? Object.entries(value)
      : [];
  return entries.length === 0 ? [path] : entries.flatMap(([name, item]) => leavesOf(item, [...path, name]));
}

function pointer(path: Path): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function valueAtPath(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, name) => (isRecord(at) || Array.isArray(at) ? new Map(Object.entries(at)).get(name) : undefined),
    value,
  );
}

/** Another value of the same kind. */
function another(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  return /^\d+(m|Mi)?$/.test(String(value)) ? `1${String(value)}` : `${String(value)}x`;
}

describe.skipIf(!hasControlPlane)(`a single thing in the cluster that we made${skipReason}`, () => {
  let plane: RealControlPlane;
  let cluster: ClusterUnderTest;
  let kubelets: { stop(): Promise<void> };
  beforeAll(async () => {
    plane = await startRealControlPlane();
    cluster = aClusterUnderTest({ spec, units: [unit], kubernetes: () => plane.kubernetes });
    for (const { name } of spec.nodes) await plane.setNode(name, { ready: true });
    kubelets = plane.runPods();
    const pace = { everyMs: 100, deadlineMs: 60_000, settleMs: 0 };
    const nodes = createNodeActivities(cluster.dependencies, pace);
    for (const { name } of spec.nodes) {
      await runActivity((given) => nodes.labelNode(given), { plan: cluster.plan, node: cluster.node(name) });
    }
    const waves = createWaveActivities(cluster.dependencies, pace);
    await runActivity((given) => waves.applyUnit(given), { plan: cluster.plan, unit: cluster.unit('web') });
    await runActivity((given) => waves.waitForUnit(given), { plan: cluster.plan, unit: cluster.unit('web') });
  });
  afterAll(async () => {
    await kubelets.stop();
    await plane.stop();
  });

  /** What the plan of the cluster, as it is now, says that is not as the spec says. */
  const said = async (): Promise<readonly string[]> => {
    const settled = settledFacts({ spec, units: [unit] });
    const { nodes, ...seen } = await observeKubernetes(plane.kubernetes, {}, [unit]);
    // pods come and go with each edit: that is no word about a field
    const units = seen.units.map(({ notReady: _notReady, ...fact }) => fact);
    const kubernetes = settled.kubernetes && { ...settled.kubernetes, nodes, units };
    const preparedDigests = cluster.body.prepared ?? {};
    const plan = aPlan({
      spec,
      units: [unit],
      preparedDigests,
      facts: { ...settled, ...(kubernetes && { kubernetes }) },
    });
    return [
      ...changesOf(plan).map(({ step, reason }) => `${step}: ${reason}`),
      ...plan.steps.flatMap(({ step, note }) => (note === undefined ? [] : [`${step}: ${note}`])),
    ];
  };
  const somebody = { fieldManager: 'somebody' };

  /** Makes one change, looks, and takes it back. `undefined` where the API server refuses it. */
  async function named(
    reference: ObjectReference,
    change: JsonPatchOperation,
    ...back: readonly [JsonPatchOperation, JsonPatchOperation?]
  ): Promise<boolean | undefined> {
    try {
      await plane.kubernetes.patch(reference, [change], somebody);
    } catch {
      return undefined;
    }
    const result = (await said()).length > 0;
    // a map whose only entry went is gone itself: then the second way back is the one
    const [first, second = first] = back;
    const patch = (operation: JsonPatchOperation) => plane.kubernetes.patch(reference, [operation], somebody);
    await patch(first).catch(() => patch(second));
    return result;
  }

  /** Changes and takes away each of these fields; the ones of which no plan says a word. */
  async function silent(
    reference: ObjectReference,
    value: unknown,
    paths: readonly Path[],
  ): Promise<readonly string[]> {
    const unnamed: string[] = [];
    let tried = 0;
    for (const path of paths) {
      const [at, was] = [pointer(path), valueAtPath(value, path)];
      const changed = await named(
        reference,
        { op: 'replace', path: at, value: another(was) },
        { op: 'replace', path: at, value: was },
      );
      const [key = '', parent] = [path.at(-1), path.slice(0, -1)];
      const removed = await named(
        reference,
        { op: 'remove', path: at },
        { op: 'add', path: at, value: was },
        { op: 'add', path: pointer(parent), value: { [key]: was } },
      );
      for (const [what, result] of [
        ['changed', changed],
        ['removed', removed],
      ] as const) {
        if (result !== undefined) tried += 1;
        if (result === false) unnamed.push(`${reference.kind} ${at} ${what}`);
      }
    }
    expect(tried).toBeGreaterThan(paths.length / 2);
    return unnamed;
  }

  it('as it was made is as the spec says', async () => {
    expect(await said()).toEqual([]);
  });

  it.each(objects.map((object): [string, KubernetesObject] => [object.kind, object]))(
    'is named in every field of a %s, changed or taken away',
    async (_, object) => {
      const intended = intendedObject(object, unit.name);
      const identity = ['apiVersion', 'kind', 'metadata/name', 'metadata/namespace'];
      const paths = leavesOf(intended).filter((path) => !identity.includes(path.join('/')));

      expect(await silent(referenceOf(object), intended, paths)).toEqual([]);
      expect(await said()).toEqual([]);
    },
    180_000,
  );

  it('is named in every label, annotation and taint of a Node', async () => {
    const reference = { apiVersion: 'v1', kind: 'Node', name: 'k8s-api' };
    const live = await plane.kubernetes.get(reference);
    const paths = [
      ...['tier', 'team'].map((key) => ['metadata', 'labels', key]),
      ...[preparedAnnotation, recordAnnotation].map((key) => ['metadata', 'annotations', key]),
      ...['value', 'key', 'effect'].map((field) => ['spec', 'taints', '0', field]),
    ];

    expect(await silent(reference, live, paths)).toEqual([]);
  }, 60_000);

  it('is named in the inventory of a unit', async () => {
    const reference = inventoryReference('web');
    const live = await plane.kubernetes.get(reference);
    const annotations = ['groundswell.dev/applied-digest', 'groundswell.dev/gate-held'];

    expect(
      await silent(
        reference,
        live,
        annotations.map((key) => ['metadata', 'annotations', key]),
      ),
    ).toEqual([]);
  }, 60_000);

  it('is named when an object is deleted, and when somebody taints a Node', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', name: 'k8s-api' };
    const theirs = { key: 'theirs', effect: 'NoExecute' };
    expect(
      await named(node, { op: 'add', path: '/spec/taints/-', value: theirs }, { op: 'remove', path: '/spec/taints/1' }),
    ).toBe(true);
    await plane.kubectl('-n', 'api', 'delete', 'service', 'web');
    expect(await said()).toHaveLength(1);
  }, 60_000);

  it('is not what somebody else adds: labels and annotations of others are theirs', async () => {
    await plane.kubectl('label', 'node', 'k8s-api', 'theirs=yes');
    await plane.kubectl('-n', 'api', 'annotate', 'configmap', 'settings', 'theirs=yes');
    await runActivity((given) => createWaveActivities(cluster.dependencies).applyUnit(given), {
      plan: cluster.plan,
      unit: cluster.unit('web'),
    });

    expect(await said()).toEqual([]);
  }, 60_000);
});
