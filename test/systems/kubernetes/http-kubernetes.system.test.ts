import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { numberAt } from '../../../model/json/json-value.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { createApiTransport } from '../../../systems/kubernetes/api-transport.js';
import { createHttpKubernetes } from '../../../systems/kubernetes/http-kubernetes.js';
import type { Kubernetes } from '../../../systems/kubernetes/kubernetes.js';
import { clusterScopedKinds } from '../../../systems/manifests/cluster-scoped-kinds.js';
import {
  hasControlPlane,
  ranStatus,
  type RealControlPlane,
  skipReason,
  startRealControlPlane,
} from '../../real-control-plane.js';

const groundswell = { fieldManager: 'groundswell' };

function aConfigMap(name: string, data: Readonly<Record<string, string>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

function aDeployment(container: Readonly<Record<string, unknown>>, app = 'a'): KubernetesObject {
  const containers = [{ name: 'c', image: 'groundswell.dev/stand-in:1', ...container }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'default' },
    spec: { selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { containers } } },
  };
}

describe.skipIf(!hasControlPlane)(`createHttpKubernetes${skipReason}`, () => {
  let plane: RealControlPlane;
  let kubernetes: Kubernetes;
  beforeAll(async () => {
    plane = await startRealControlPlane();
    ({ kubernetes } = plane);
  });
  afterAll(() => plane.stop());

  it('says of each apply whether it changed the object', async () => {
    const first = await kubernetes.apply(aConfigMap('a', { x: '1' }), groundswell);
    const same = await kubernetes.apply(aConfigMap('a', { x: '1' }), groundswell);
    const other = await kubernetes.apply(aConfigMap('a', { x: '2' }), groundswell);

    expect([first.changed, same.changed, other.changed]).toEqual([true, false, true]);
    expect(other.object).toMatchObject({ kind: 'ConfigMap', data: { x: '2' } });
  });

  it('takes no field by force and names its owner', async () => {
    await kubernetes.apply(aConfigMap('owned', { x: '1' }), groundswell);

    await expect(kubernetes.apply(aConfigMap('owned', { x: '2' }), { fieldManager: 'other' })).rejects.toMatchObject({
      type: 'FieldConflict',
      message: 'ConfigMap default/owned: field .data.x belongs to "groundswell"',
    });
  });

  it.each<[string, KubernetesObject, RegExp]>([
    ['an unknown field', { ...aConfigMap('b', {}), datas: {} }, /\.datas: field not declared in schema \(500\)/],
    [
      'a repeated list key',
      aDeployment({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      /duplicate entries for key \[name="A"\]/,
    ],
    ['an invalid object', aDeployment({ image: '' }), /containers\[0\]\.image: Required value \(422\)/],
    [
      'a namespace that is not there',
      { ...aConfigMap('b', {}), metadata: { name: 'b', namespace: 'none' } },
      /namespaces "none" not found/,
    ],
    [
      'a kind that is not there',
      { apiVersion: 'x.io/v1', kind: 'W', metadata: { name: 'w' } },
      /no kind W in x\.io\/v1/,
    ],
  ])('refuses %s for good', async (_title, object, message) => {
    const failure = kubernetes.apply(object, groundswell);

    await expect(failure).rejects.toMatchObject({ type: 'KubernetesRefused' });
    await expect(failure).rejects.toThrow(message);
  });

  it('refuses a changed selector: it is immutable', async () => {
    await kubernetes.apply(aDeployment({}), groundswell);

    await expect(kubernetes.apply(aDeployment({}, 'b'), groundswell)).rejects.toThrow(/field is immutable \(422\)/);
  });

  it('keeps fields that typed models do not know', async () => {
    await plane.kubectl('create', 'namespace', 'pages');

    const namespace = await kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', name: 'pages' });

    expect(namespace?.metadata['managedFields']).toBeDefined();
  });

  it('patches only what is still as it was read', async () => {
    const { object } = await kubernetes.apply(aConfigMap('patched', { x: '1' }), groundswell);
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'patched', namespace: 'default' };
    const test = { op: 'test', path: '/metadata/resourceVersion', value: object.metadata.resourceVersion } as const;
    const add = { op: 'add', path: '/data/y', value: '2' } as const;

    const patched = await kubernetes.patch(reference, [test, add], groundswell);

    expect(patched).toMatchObject({ data: { x: '1', y: '2' } });
    await expect(kubernetes.patch(reference, [test, add], groundswell)).rejects.toMatchObject({
      type: 'KubernetesRefused',
    });
  });

  it('lists by label and namespace, every item with its kind, nothing for a kind that is not there', async () => {
    const labelled = { ...aConfigMap('l', {}), metadata: { name: 'l', namespace: 'default', labels: { mine: 'yes' } } };
    await kubernetes.apply(labelled, groundswell);
    const query = { apiVersion: 'v1', kind: 'ConfigMap', labelSelector: 'mine=yes' };

    expect((await kubernetes.list(query)).map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['ConfigMap', 'l'],
    ]);
    expect(await kubernetes.list({ ...query, namespace: 'kube-system' })).toEqual([]);
    expect(await kubernetes.list({ apiVersion: 'x.io/v1', kind: 'W' })).toEqual([]);
  });

  it('gets new credentials once when the API server does not know ours', async () => {
    let transport = createApiTransport({ ...plane.connection, token: 'stale' });
    let renewals = 0;
    const client = createHttpKubernetes({
      current: () => transport,
      renew: () => {
        renewals += 1;
        transport = createApiTransport(plane.connection);
        return Promise.resolve(true);
      },
      lost: () => undefined,
    });

    expect(await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' })).toBeDefined();
    expect(renewals).toBe(1);
  });

  it('trusts no certificate of another name, and tells that the connection is lost', async () => {
    const transport = createApiTransport({ ...plane.connection, serverName: 'api.elsewhere' });
    let lost = false;
    const client = createHttpKubernetes({
      current: () => transport,
      renew: () => Promise.resolve(false),
      lost: () => {
        lost = true;
      },
    });

    await expect(client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' })).rejects.toThrow(
      /does not answer: .*does not match certificate's altnames/,
    );
    expect(lost).toBe(true);
  });

  it('deletes only the object of the uid that was named, and says whether there was one', async () => {
    const { object } = await kubernetes.apply(aConfigMap('gone', {}), groundswell);
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', namespace: 'default' };
    const other = { ...reference, uid: '00000000-0000-0000-0000-000000000000' };

    expect(await kubernetes.delete(other)).toBe(false);
    expect(await kubernetes.get(reference)).toBeDefined();
    expect(await kubernetes.delete({ ...reference, uid: object.metadata.uid ?? '' })).toBe(true);
    expect(await kubernetes.get(reference)).toBeUndefined();
    expect(await kubernetes.delete(reference)).toBe(false);
    expect(await kubernetes.delete({ apiVersion: 'x.io/v1', kind: 'W', name: 'w' })).toBe(false);
  });

  it('keeps an object whose deletion is to take along what it owns until that is gone', async () => {
    const held = { ...aDeployment({}), metadata: { name: 'held', namespace: 'default' } };
    const { object } = await kubernetes.apply(held, groundswell);
    const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'held', namespace: 'default' };

    await kubernetes.delete({ ...reference, uid: object.metadata.uid ?? '' }, { propagation: 'Foreground' });

    const going = await kubernetes.get(reference);
    if (going !== undefined) expect(going.metadata['finalizers']).toContain('foregroundDeletion');
    await vi.waitUntil(async () => (await kubernetes.get(reference)) === undefined, { timeout: 60_000 });
    const sets = await kubernetes.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', labelSelector: 'app=a' });
    expect(sets.filter(({ metadata }) => metadata.name.startsWith('held-'))).toEqual([]);
  });

  describe('eviction', () => {
    const aPod = async (name: string) => {
      const spec = {
        nodeName: 'evicting',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'c', image: 'groundswell.dev/stand-in:1' }],
      };
      const metadata = { name, namespace: 'default', labels: { app: name } };
      const { object } = await kubernetes.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec }, groundswell);
      await plane.setPod(object, ranStatus(object));
      return { name, namespace: 'default', uid: object.metadata.uid ?? '' };
    };
    beforeAll(async () => {
      await plane.setNode('evicting', { ready: true });
      await plane.kubectl('create', 'serviceaccount', 'default').catch(() => undefined);
    });

    it('ends a pod once, and finds none of its uid the second time', async () => {
      const pod = await aPod('lonely');

      expect(await kubernetes.evict({ ...pod, uid: '00000000-0000-0000-0000-000000000000' })).toBe('gone');
      expect(await kubernetes.evict(pod)).toBe('evicted');
      expect(await kubernetes.evict(pod)).toBe('gone');
    });

    it('is refused by a budget at once, in the words of the API server, and allowed when the budget is', async () => {
      const pod = await aPod('guarded');
      await plane.kubectl('create', 'pdb', 'guarded', '--selector=app=guarded', '--min-available=1');
      const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: 'guarded', namespace: 'default' };
      const healthy = async () => numberAt(await kubernetes.get(budget), 'status', 'currentHealthy') === 1;
      await vi.waitUntil(healthy, { timeout: 60_000 });

      expect(await kubernetes.evict(pod)).toEqual({
        refused: 'The disruption budget guarded needs 1 healthy pods and has 1 currently',
      });
      await plane.kubectl('delete', 'pdb', 'guarded');
      expect(await kubernetes.evict(pod)).toBe('evicted');
    });

    it('is refused where two budgets are for one pod, which the API server takes for its own fault', async () => {
      const pod = await aPod('twice');
      for (const name of ['one', 'two']) {
        await plane.kubectl('create', 'pdb', name, '--selector=app=twice', '--min-available=0');
      }

      expect(await kubernetes.evict(pod)).toEqual({
        refused: expect.stringContaining('more than one PodDisruptionBudget'),
      });
    });
  });

  it('ends with its signal', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));

    await expect(kubernetes.list({ apiVersion: 'v1', kind: 'Node' }, { signal })).rejects.toThrow('stopped');
  });
});

describe.skipIf(!hasControlPlane)(`clusterScopedKinds${skipReason}`, () => {
  it('are those that the API server says', async () => {
    const plane = await startRealControlPlane();
    try {
      const table = await plane.kubectl('api-resources', '--namespaced=false', '--no-headers');
      const served = table.split('\n').map((line) => {
        const [kind = '', , apiVersion = ''] = line.trim().split(/\s+/).reverse();
        return `${apiVersion.split('/').slice(0, -1).join('')}/${kind}`;
      });

      expect([...clusterScopedKinds].sort()).toEqual([...new Set(served)].sort());
    } finally {
      await plane.stop();
    }
  });
});
