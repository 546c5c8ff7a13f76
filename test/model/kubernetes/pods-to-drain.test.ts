import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { budgetsAgainst, podsToDrain, whyGoing } from '../../../model/kubernetes/pods-to-drain.js';

type Fields = Readonly<Record<string, unknown>>;

function aPod(name: string, { metadata = {}, spec = {}, status = {} }: Readonly<Record<string, Fields>> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      labels: { app: 'api' },
      ownerReferences: [owner('ReplicaSet')],
      ...metadata,
    },
    spec: { nodeName: 'k8s-api', ...spec },
    status: { phase: 'Running', ...status },
  };
}

function owner(kind: string, controller = true) {
  return { apiVersion: 'apps/v1', kind, name: 'x', uid: 'u', controller };
}

function aBudget(name: string, status: Fields, selector: unknown = { matchLabels: { app: 'api' } }): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'default' },
    spec: { selector },
    status,
  };
}

describe('podsToDrain', () => {
  it.each([
    ['a pod of a Deployment', aPod('p'), 'evicted'],
    ['a pod that has no status yet', aPod('p', { status: { phase: undefined } }), 'evicted'],
    ['a bare pod', aPod('p', { metadata: { ownerReferences: [] } }), 'evicted'],
    ['a pod that was asked to go', aPod('p', { metadata: { deletionTimestamp: '2026-11-01T00:00:00Z' } }), 'going'],
    ['a pod of a DaemonSet', aPod('p', { metadata: { ownerReferences: [owner('DaemonSet')] } }), 'staying'],
    [
      'a pod of a DaemonSet that is going',
      aPod('p', { metadata: { ownerReferences: [owner('DaemonSet')], deletionTimestamp: 'now' } }),
      'staying',
    ],
    ['a static pod', aPod('p', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'h' } } }), 'staying'],
    ['a finished pod', aPod('p', { status: { phase: 'Succeeded' } }), 'staying'],
    ['a failed pod', aPod('p', { status: { phase: 'Failed' } }), 'staying'],
    ['a pod of another node', aPod('p', { spec: { nodeName: 'k8s-other' } }), 'nowhere'],
    ['a pod that is on no node yet', aPod('p', { spec: { nodeName: undefined } }), 'nowhere'],
  ])('sorts %s', (_title, pod, expected) => {
    const { evicted, going, staying } = podsToDrain('k8s-api', [pod]);

    const found = [...evicted.map(() => 'evicted'), ...going.map(() => 'going'), ...staying.map(() => 'staying')];
    expect(found).toEqual(expected === 'nowhere' ? [] : [expected]);
  });

  it.each([
    ['nothing of a pod with a controller', aPod('p'), []],
    ['nothing of memory', aPod('p', { spec: { volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }] } }), []],
    [
      'a pod that nobody makes again',
      aPod('p', { metadata: { ownerReferences: [] } }),
      ['Pod default/p: no controller makes it again'],
    ],
    [
      'an owner that is no controller',
      aPod('p', { metadata: { ownerReferences: [owner('Widget', false)] } }),
      ['Pod default/p: no controller makes it again'],
    ],
    [
      'data on the disk of the host',
      aPod('p', {
        spec: {
          volumes: [
            { name: 'cache', emptyDir: {} },
            { name: 'logs', hostPath: { path: '/var/log' } },
            { name: 'c', configMap: {} },
          ],
        },
      }),
      ['Pod default/p: what it keeps on the host is lost (cache, logs)'],
    ],
    [
      'nothing of what ends with its node',
      aPod('p', { metadata: { ownerReferences: [] }, status: { phase: 'Succeeded' } }),
      [],
    ],
  ])('names as without another home %s', (_title, pod, expected) => {
    expect(podsToDrain('k8s-api', [pod]).homeless).toEqual(expected);
  });
});

describe('budgetsAgainst', () => {
  const used = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 };

  it('names the budgets that forbid an eviction, with their counts', () => {
    expect(budgetsAgainst(aPod('p'), [aBudget('api', used), aBudget('all', { disruptionsAllowed: 0 }, {})])).toEqual([
      'PodDisruptionBudget default/api allows 0 disruptions (2 healthy, 2 needed)',
      'PodDisruptionBudget default/all allows 0 disruptions',
    ]);
  });

  it.each([
    ['allows one', aBudget('api', { ...used, disruptionsAllowed: 1 })],
    ['is for other pods', aBudget('api', used, { matchLabels: { app: 'web' } })],
    ['is for another namespace', { ...aBudget('api', used), metadata: { name: 'api', namespace: 'other' } }],
  ])('leaves one out that %s', (_title, budget) => {
    expect(budgetsAgainst(aPod('p'), [budget])).toEqual([]);
  });
});

describe('whyGoing', () => {
  it.each([
    ['a finalizer', { finalizers: ['example.com/hold'] }, 'is held by its finalizer example.com/hold'],
    ['its time to end', { deletionGracePeriodSeconds: 3600 }, 'ends, for which it has 3600 s'],
    ['nothing', {}, 'ends'],
  ])('says that a pod waits for %s', (_title, metadata, expected) => {
    expect(whyGoing(aPod('p', { metadata }))).toBe(expected);
  });
});
