import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyRank } from '../../../model/kubernetes/apply-order.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import type { InventoryEntry } from '../../../model/kubernetes/unit-inventory.js';
import {
  fateOf,
  inRemovalOrder,
  remainsOf,
  removalName,
  type Surroundings,
  type TakenAlong,
  takesAlong,
  whyNotGone,
} from '../../../model/kubernetes/unit-removal.js';

type Fields = Readonly<Record<string, unknown>>;

function anObject(
  kind: string,
  { metadata = {}, ...fields }: { readonly metadata?: Fields; readonly spec?: Fields } = {},
) {
  const labels = { 'groundswell.dev/unit': 'redis' };
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name: 'redis', namespace: 'data', uid: 'u1', labels, ...metadata },
    ...fields,
  };
}

function anEntry(kind: string, fields: Partial<InventoryEntry> = {}): InventoryEntry {
  return { apiVersion: 'v1', kind, name: 'redis', namespace: 'data', uid: 'u1', ...fields };
}

const unit = 'redis';
const deletionTimestamp = '2026-11-01T00:00:00Z';

describe('fateOf', () => {
  it.each<[string, InventoryEntry, KubernetesObject | undefined, readonly string[], string]>([
    ['what is there and ours', anEntry('Service'), anObject('Service'), [], 'delete'],
    ['what is gone', anEntry('Service'), undefined, [], 'gone'],
    [
      'what was deleted and is still there',
      anEntry('Service'),
      anObject('Service', { metadata: { deletionTimestamp } }),
      [],
      'going',
    ],
    ['what somebody made anew', anEntry('Service'), anObject('Service', { metadata: { uid: 'u2' } }), [], 'foreign'],
    [
      'what another unit owns',
      anEntry('Service'),
      anObject('Service', { metadata: { labels: { 'groundswell.dev/unit': 'other' } } }),
      [],
      'foreign',
    ],
    [
      'what somebody took our label off',
      anEntry('Service'),
      anObject('Service', { metadata: { labels: {} } }),
      [],
      'foreign',
    ],
    [
      'what has no uid in the inventory',
      { apiVersion: 'v1', kind: 'Service', name: 'redis', namespace: 'data' },
      anObject('Service'),
      [],
      'foreign',
    ],
    ['a claim', anEntry('PersistentVolumeClaim'), anObject('PersistentVolumeClaim'), [], 'kept'],
    [
      'a claim that is going by another hand',
      anEntry('PersistentVolumeClaim'),
      anObject('PersistentVolumeClaim', { metadata: { deletionTimestamp } }),
      [],
      'kept',
    ],
    ['a volume', anEntry('PersistentVolume'), anObject('PersistentVolume'), [], 'kept'],
    ['a namespace', anEntry('Namespace'), anObject('Namespace'), [], 'kept'],
    ['a definition', anEntry('CustomResourceDefinition'), anObject('CustomResourceDefinition'), [], 'kept'],
    [
      'a claim that is named',
      anEntry('PersistentVolumeClaim'),
      anObject('PersistentVolumeClaim'),
      ['PersistentVolumeClaim/redis'],
      'delete',
    ],
    [
      'a claim that is named with its namespace',
      anEntry('PersistentVolumeClaim'),
      anObject('PersistentVolumeClaim'),
      ['PersistentVolumeClaim/data/redis'],
      'delete',
    ],
    [
      'a claim of whose namespace another is named',
      anEntry('PersistentVolumeClaim'),
      anObject('PersistentVolumeClaim'),
      ['PersistentVolumeClaim/other/redis', 'redis', 'Namespace/redis'],
      'kept',
    ],
    [
      'a claim that is named and not ours',
      anEntry('PersistentVolumeClaim'),
      anObject('PersistentVolumeClaim', { metadata: { uid: 'u2' } }),
      ['PersistentVolumeClaim/redis'],
      'foreign',
    ],
  ])('decides about %s', (_title, entry, live, confirmed, fate) => {
    expect(fateOf({ entry, live }, { unit, confirmed })).toBe(fate);
  });
});

describe('inRemovalOrder', () => {
  const kinds = [
    'Namespace',
    'CustomResourceDefinition',
    'Role',
    'Secret',
    'ConfigMap',
    'Service',
    'Deployment',
    'Job',
    'Ingress',
    'Widget',
    'APIService',
  ];

  it('takes away first what needs others, and namespaces and definitions last', () => {
    const entries = kinds.map((kind) => anEntry(kind));

    expect(inRemovalOrder(entries).map((group) => group.map(({ kind }) => kind))).toEqual([
      ['APIService'],
      ['Widget'],
      ['Ingress'],
      ['Job', 'Deployment'],
      ['Service'],
      ['ConfigMap', 'Secret'],
      ['Role'],
      ['CustomResourceDefinition'],
      ['Namespace'],
    ]);
  });

  it('is the order of an apply reversed, whatever the inventory has, and forgets and doubles nothing', () => {
    const anyEntries = fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(5)));
    fc.assert(
      fc.property(anyEntries, (drawn) => {
        const entries = drawn.map(([kind, number], at) => anEntry(kind, { name: `n${number}-${at}` }));
        const ordered = inRemovalOrder(entries).flat();
        const ranks = ordered.map(({ kind }) => applyRank(kind));
        expect(ranks).toEqual(ranks.toSorted((a, b) => b - a));
        expect(new Set(ordered)).toEqual(new Set(entries));
        expect(ordered).toHaveLength(entries.length);
      }),
    );
  });
});

describe('removalName', () => {
  it('names what has a namespace with it', () => {
    expect(removalName(anEntry('PersistentVolumeClaim'))).toBe('PersistentVolumeClaim/data/redis');
    expect(removalName({ apiVersion: 'v1', kind: 'Namespace', name: 'data' })).toBe('Namespace/data');
  });
});

const claim = (metadata: Fields = {}) =>
  anObject('PersistentVolumeClaim', { metadata: { name: 'data-redis-0', uid: 'c1', ...metadata } });
const owned = claim({ ownerReferences: [{ uid: 'u1' }] });
const claimName = 'PersistentVolumeClaim/data/data-redis-0';

describe('takesAlong', () => {
  const other = { unit: 'other', wave: 1, appliedDigest: 'd', leftovers: [] };
  const namespace = anObject('Namespace', { metadata: { name: 'data', namespace: undefined } });
  const definition = anObject('CustomResourceDefinition', {
    spec: { group: 'example.com', names: { kind: 'Widget' } },
  });
  const widget = anEntry('Widget', { apiVersion: 'example.com/v1', namespace: 'elsewhere' });
  const inside = { ...other, objects: [anEntry('Service')] };
  const withWidget = { ...other, objects: [widget] };

  it.each<[string, KubernetesObject, Surroundings, readonly string[], TakenAlong | undefined]>([
    ['nothing with a Service', anObject('Service'), { claims: [claim()], others: [] }, [], undefined],
    [
      'a claim with its owner',
      anObject('StatefulSet'),
      { claims: [owned], others: [] },
      [],
      { claims: [claimName], units: [] },
    ],
    [
      'no claim that somebody allowed to go',
      anObject('StatefulSet'),
      { claims: [owned], others: [] },
      ['PersistentVolumeClaim/data-redis-0'],
      undefined,
    ],
    [
      'claims with their namespace',
      namespace,
      { claims: [claim()], others: [] },
      ['Namespace/data'],
      { claims: [claimName], units: [] },
    ],
    [
      'objects of other units with their namespace',
      namespace,
      { claims: [], others: [inside] },
      [],
      { claims: [], units: ['other'] },
    ],
    [
      'nothing of other namespaces',
      namespace,
      { claims: [claim({ namespace: 'elsewhere' })], others: [withWidget] },
      [],
      undefined,
    ],
    [
      'objects of other units with their definition',
      definition,
      { claims: [], others: [withWidget] },
      [],
      { claims: [], units: ['other'] },
    ],
    [
      'no objects of another group',
      definition,
      { claims: [], others: [{ ...other, objects: [{ ...widget, apiVersion: 'other.com/v1' }] }] },
      [],
      undefined,
    ],
    ['a claim not with itself', owned, { claims: [{ ...owned }], others: [] }, [], undefined],
  ])('finds that a deletion takes %s', (_title, live, around, confirmed, expected) => {
    expect(takesAlong(live, around, { confirmed })).toEqual(expected);
  });
});

describe('remainsOf', () => {
  const inventory = { unit, wave: 3, appliedDigest: undefined, objects: [], leftovers: [] };
  const found = (...objects: KubernetesObject[]) => objects.map((live) => ({ entry: anEntry(live.kind), live }));
  const nothing = { claims: [], others: [] };

  it.each<[string, Parameters<typeof remainsOf>, { readonly objects: number; readonly kept: readonly string[] }]>([
    ['what goes', [inventory, found(anObject('Service'), anObject('Deployment')), nothing], { objects: 2, kept: [] }],
    [
      'what is going',
      [inventory, found(anObject('Service', { metadata: { deletionTimestamp } })), nothing],
      { objects: 1, kept: [] },
    ],
    [
      'what stays',
      [inventory, found(anObject('Service'), anObject('PersistentVolumeClaim')), nothing],
      { objects: 1, kept: ['PersistentVolumeClaim/data/redis'] },
    ],
    [
      'by its claim what stays for its sake',
      [inventory, found(anObject('StatefulSet'), anObject('Service')), { claims: [owned], others: [] }],
      { objects: 1, kept: [claimName] },
    ],
    [
      'nothing of what is not ours',
      [inventory, found(anObject('Service'), anObject('Deployment', { metadata: { uid: 'u2' } })), nothing],
      { objects: 1, kept: [] },
    ],
    ['the inventory of a unit of which all is gone', [inventory, [], nothing], { objects: 1, kept: [] }],
    [
      'the inventory before its removal, where all stays',
      [inventory, found(anObject('PersistentVolumeClaim')), nothing],
      { objects: 1, kept: ['PersistentVolumeClaim/data/redis'] },
    ],
    [
      'no inventory after its removal, where all stays',
      [{ ...inventory, removal: 'done' }, found(anObject('PersistentVolumeClaim')), nothing],
      { objects: 0, kept: ['PersistentVolumeClaim/data/redis'] },
    ],
    [
      'the inventory after its removal, where somebody deleted the rest',
      [{ ...inventory, removal: 'done' }, [], nothing],
      { objects: 1, kept: [] },
    ],
  ])('counts and names %s', (_title, input, expected) => {
    expect(remainsOf(...input)).toEqual({ wave: 3, ...expected });
  });
});

describe('whyNotGone', () => {
  const pod = anObject('Pod', {
    metadata: { name: 'redis-0', deletionTimestamp, deletionGracePeriodSeconds: 30 },
    spec: { nodeName: 'k8s-redis' },
  });

  it.each<[string, Fields, readonly KubernetesObject[], string]>([
    [
      'a finalizer of a controller',
      { finalizers: ['foregroundDeletion', 'example.com/hold'] },
      [pod],
      'is held by its finalizer example.com/hold',
    ],
    [
      'a pod that ends',
      { finalizers: ['foregroundDeletion'] },
      [pod],
      'waits for pod redis-0 on k8s-redis to end, for which it has 30 s',
    ],
    ['what it owns', { finalizers: ['foregroundDeletion'] }, [], 'waits for what it owns'],
    ['nothing that is known', {}, [], 'goes'],
  ])('names %s', (_title, metadata, pods, expected) => {
    expect(whyNotGone(anObject('StatefulSet', { metadata }), pods)).toBe(expected);
  });
});
