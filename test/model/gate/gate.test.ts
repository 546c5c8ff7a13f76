import { describe, expect, it } from 'vitest';
import { verdictOf, withPods } from '../../../model/gate/gate.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { stuck, waiting } from '../../../model/gate/verdict.js';

type Fields = Readonly<Record<string, unknown>>;

function anObject(kind: string, fields: { spec?: Fields; status?: Fields; metadata?: Fields } = {}): KubernetesObject {
  const { metadata, ...rest } = fields;
  return { apiVersion: 'v1', kind, metadata: { name: 'x', uid: 'u1', generation: 2, ...metadata }, ...rest };
}

function verdict(live: KubernetesObject | undefined, storageClass?: KubernetesObject): string {
  const input = { live, applied: { uid: 'u1', generation: 2 } };
  const found = verdictOf(storageClass === undefined ? input : { ...input, storageClass });
  return [found.verdict, found.progress, found.reason].filter((part) => part !== undefined && part !== '').join(' | ');
}

const condition = (type: string, status: string, reason = '', message = ''): Fields => ({
  type,
  status,
  reason,
  message,
});
const rolledOut = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

describe('verdictOf', () => {
  it('looks at this apply only: the same object, its newest generation, not one that goes away', () => {
    const deployment = anObject('Deployment', { spec: { replicas: 2 }, status: rolledOut });

    expect(verdict(deployment)).toBe('ready');
    expect(verdict(undefined)).toBe('failed | was deleted after its apply');
    expect(verdict(anObject('Deployment', { metadata: { uid: 'u2' } }))).toMatch(
      /^failed \| was replaced by somebody else/,
    );
    expect(verdict(anObject('Deployment', { metadata: { generation: 1 } }))).toMatch(
      /^waiting \| the API server returned an older state/,
    );
    expect(
      verdict(anObject('Deployment', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] } })),
    ).toBe('stuck | is being deleted (held by a/b)');
  });

  it('takes a Job that went by its ttl for done where it was seen complete, and for unknown where it was not', () => {
    const applied = { uid: 'u1', generation: 1, secondsAfterEnd: 5 };

    expect(verdictOf({ live: undefined, applied: { ...applied, seenComplete: true } })).toMatchObject({
      verdict: 'ready',
    });
    expect(verdictOf({ live: undefined, applied: { ...applied, seenComplete: false } })).toEqual({
      verdict: 'failed',
      reason: 'is gone: its ttl is 5 s, so nobody can tell whether it succeeded',
    });
  });

  it.each<[string, Fields, Fields, string]>([
    ['has no status yet', { replicas: 2 }, {}, 'waiting | 0/2 | not yet seen by its controller'],
    [
      'has an old status',
      { replicas: 2 },
      { ...rolledOut, observedGeneration: 1 },
      'waiting | 2/2 | not yet seen by its controller',
    ],
    ['is paused', { replicas: 2, paused: true }, rolledOut, 'stuck | 2/2 | is paused; a person must resume it'],
    ['wants nothing', { replicas: 0 }, { observedGeneration: 2 }, 'ready'],
    ['has one replica by default', {}, { ...rolledOut, replicas: 1, updatedReplicas: 1 }, 'ready'],
    ['is being updated', { replicas: 2 }, { ...rolledOut, updatedReplicas: 1 }, 'waiting | 1/2 | 1 of 2 updated'],
    ['has old replicas', { replicas: 2 }, { ...rolledOut, replicas: 3 }, 'waiting | 2/2 | 1 old replicas are going'],
    ['is not ready', { replicas: 2 }, { ...rolledOut, readyReplicas: 0 }, 'waiting | 0/2 | 0 of 2 ready'],
    ['is not available', { replicas: 2 }, { ...rolledOut, availableReplicas: 1 }, 'waiting | 2/2 | 1 of 2 available'],
    [
      'hangs in an update although Available stays true',
      { replicas: 2 },
      { ...rolledOut, updatedReplicas: 0, conditions: [condition('Available', 'True')] },
      'waiting | 0/2 | 0 of 2 updated',
    ],
    [
      'is over its quota',
      { replicas: 2 },
      { observedGeneration: 2, conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: q')] },
      'stuck | 0/2 | FailedCreate: exceeded quota: q',
    ],
    [
      'made no progress',
      { replicas: 2 },
      {
        observedGeneration: 2,
        conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'timed out')],
      },
      'stuck | 0/2 | ProgressDeadlineExceeded: timed out',
    ],
  ])('Deployment that %s', (_title, spec, status, expected) => {
    expect(verdict(anObject('Deployment', { spec, status }))).toBe(expected);
  });

  it.each<[string, string, Fields, Fields, string]>([
    [
      'StatefulSet',
      'is of one revision',
      { replicas: 1 },
      {
        observedGeneration: 2,
        replicas: 1,
        readyReplicas: 1,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'a',
      },
      'ready',
    ],
    [
      'StatefulSet',
      'is being updated',
      { replicas: 2 },
      {
        observedGeneration: 2,
        replicas: 2,
        readyReplicas: 2,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
      'waiting | 2/2 | 1 of 2 updated',
    ],
    [
      'StatefulSet',
      'stops at its partition',
      { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      {
        observedGeneration: 2,
        replicas: 2,
        readyReplicas: 2,
        updatedReplicas: 1,
        currentRevision: 'a',
        updateRevision: 'b',
      },
      'ready',
    ],
    [
      'StatefulSet',
      'updates on deletion',
      { replicas: 1, updateStrategy: { type: 'OnDelete' } },
      { observedGeneration: 2, replicas: 1, readyReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
      'stuck | 1/1 | updates on deletion: a person must delete its old pods',
    ],
    [
      'DaemonSet',
      'is on all its nodes',
      {},
      {
        observedGeneration: 2,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: 3,
        numberAvailable: 3,
        numberReady: 3,
      },
      'ready',
    ],
    [
      'DaemonSet',
      'matches no node',
      {},
      { observedGeneration: 2, desiredNumberScheduled: 0 },
      'waiting | 0/0 | no node matches it',
    ],
    [
      'DaemonSet',
      'is being updated',
      {},
      {
        observedGeneration: 2,
        desiredNumberScheduled: 3,
        updatedNumberScheduled: 1,
        numberAvailable: 3,
        numberReady: 3,
      },
      'waiting | 3/3 | 1 of 3 updated',
    ],
    ['Job', 'runs', {}, { active: 1 }, 'waiting | 0/1 | 0/1 succeeded'],
    [
      'Job',
      'was suspended once',
      {},
      { conditions: [condition('Suspended', 'False')] },
      'waiting | 0/1 | 0/1 succeeded',
    ],
    ['Job', 'is suspended', { suspend: true }, {}, 'stuck | 0/1 | is suspended; a person must resume it'],
    ['Job', 'is complete', {}, { succeeded: 1, conditions: [condition('Complete', 'True')] }, 'ready'],
    [
      'Job',
      'failed',
      {},
      { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'too often')] },
      'failed | BackoffLimitExceeded: too often',
    ],
    ['PersistentVolumeClaim', 'is bound', {}, { phase: 'Bound' }, 'ready'],
    ['PersistentVolumeClaim', 'is lost', {}, { phase: 'Lost' }, 'failed | its volume is lost'],
    [
      'PersistentVolumeClaim',
      'names no class that exists',
      { storageClassName: 'fast' },
      { phase: 'Pending' },
      'stuck | there is no StorageClass fast',
    ],
    ['CustomResourceDefinition', 'is new', {}, {}, 'waiting | is not established yet'],
    [
      'CustomResourceDefinition',
      'is established',
      {},
      { conditions: [condition('NamesAccepted', 'True'), condition('Established', 'True')] },
      'ready',
    ],
    [
      'CustomResourceDefinition',
      'takes names of another',
      {},
      { conditions: [condition('NamesAccepted', 'False', 'ListKindConflict', 'taken')] },
      'failed | ListKindConflict: taken',
    ],
    ['Namespace', 'is active', {}, { phase: 'Active' }, 'ready'],
    [
      'Namespace',
      'goes away',
      {},
      {
        phase: 'Terminating',
        conditions: [
          condition('NamespaceContentRemaining', 'True', 'SomeResourcesRemain', 'pods. has 1 resource instances'),
        ],
      },
      'stuck | is being deleted: pods. has 1 resource instances',
    ],
    ['Service', 'is of the cluster only', { type: 'ClusterIP' }, {}, 'ready'],
    ['Service', 'has no load balancer yet', { type: 'LoadBalancer' }, {}, 'waiting | has no address yet'],
    ['ConfigMap', 'exists', {}, {}, 'ready'],
    ['Widget', 'is not Ready', {}, { conditions: [condition('Ready', 'False', 'Starting')] }, 'waiting | Starting'],
  ])('%s that %s', (kind, _title, spec, status, expected) => {
    expect(verdict(anObject(kind, { spec, status }))).toBe(expected);
  });

  it('lets a claim pass that waits for its first consumer', () => {
    const claim = anObject('PersistentVolumeClaim', {
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    });
    const late = { ...anObject('StorageClass'), volumeBindingMode: 'WaitForFirstConsumer' };
    const now = { ...anObject('StorageClass'), volumeBindingMode: 'Immediate' };

    expect(verdict(claim, late)).toBe('ready');
    expect(verdict(claim, now)).toBe('waiting | is not bound to a volume yet');
  });
});

describe('withPods', () => {
  const unschedulable = anObject('Pod', {
    metadata: { name: 'location-1' },
    status: {
      conditions: [
        condition('PodScheduled', 'False', 'Unschedulable', '0/14 nodes are available: 1 Insufficient memory.'),
      ],
    },
  });
  const missingImage = anObject('Pod', {
    metadata: { name: 'location-2' },
    status: {
      containerStatuses: [{ name: 'api', state: { waiting: { reason: 'ImagePullBackOff', message: 'x: not found' } } }],
    },
  });

  it('names the pod and its root cause, a hopeless one first', () => {
    expect(withPods(waiting('0 of 2 ready', '0/2'), [unschedulable])).toEqual({
      verdict: stuck('pod location-1 0/14 nodes: 1 Insufficient memory', '0/2'),
      terminal: false,
    });
    expect(withPods(waiting('0 of 2 ready', '0/2'), [unschedulable, missingImage])).toEqual({
      verdict: stuck('pod location-2 container api ImagePullBackOff: x: not found', '0/2'),
      terminal: true,
    });
  });

  it('keeps the verdict where pods tell nothing, or it is final', () => {
    expect(withPods(waiting('0 of 2 ready'), []).verdict).toEqual(waiting('0 of 2 ready'));
    expect(withPods({ verdict: 'failed', reason: 'gone' }, [missingImage])).toEqual({
      verdict: { verdict: 'failed', reason: 'gone' },
      terminal: false,
    });
  });
});
