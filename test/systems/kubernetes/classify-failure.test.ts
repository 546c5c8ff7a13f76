import { describe, expect, it } from 'vitest';
import {
  classifyConnectionFailure,
  classifyKubernetesFailure,
  isHiccup,
} from '../../../systems/kubernetes/classify-failure.js';

function aStatus(code: number, fields: Readonly<Record<string, unknown>>): { status: number; body: string } {
  return { status: code, body: JSON.stringify({ kind: 'Status', apiVersion: 'v1', code, ...fields }) };
}

const conflict = aStatus(409, {
  reason: 'Conflict',
  message: 'Apply failed with 1 conflict: conflict with "hpa" with subresource "scale" using apps/v1: .spec.replicas',
  details: {
    causes: [
      {
        reason: 'FieldManagerConflict',
        field: '.spec.replicas',
        message: 'conflict with "hpa" with subresource "scale" using apps/v1',
      },
    ],
  },
});

describe('classifyKubernetesFailure', () => {
  it.each<[string, { status: number; body: string; retryAfterMs?: number }, string, boolean]>([
    [
      'an unknown field in an apply (500 without reason)',
      aStatus(500, {
        message:
          'failed to create typed patch object (a/b; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
      }),
      'KubernetesRefused',
      false,
    ],
    [
      'a webhook that does not answer',
      aStatus(500, {
        reason: 'InternalError',
        message: 'Internal error occurred: failed calling webhook "x": connection refused',
      }),
      'KubernetesUnavailable',
      true,
    ],
    ['an etcd that elects', aStatus(500, { message: 'etcdserver: leader changed' }), 'KubernetesUnavailable', true],
    [
      'a server that is overloaded',
      { ...aStatus(429, { reason: 'TooManyRequests', message: 'wait' }), retryAfterMs: 1_000 },
      'KubernetesUnavailable',
      true,
    ],
    ['a server that starts', { status: 503, body: 'upstream connect error' }, 'KubernetesUnavailable', true],
    [
      'credentials of an older cluster',
      aStatus(401, { reason: 'Unauthorized', message: 'Unauthorized' }),
      'KubernetesUnavailable',
      false,
    ],
    [
      'rules that are not loaded yet',
      aStatus(403, {
        reason: 'Forbidden',
        message: 'nodes is forbidden: User "kubernetes-admin" cannot list resource "nodes"',
      }),
      'KubernetesUnavailable',
      true,
    ],
    [
      'rules that are not loaded yet, when only a path is asked for',
      aStatus(403, {
        reason: 'Forbidden',
        message: 'forbidden: User "kubernetes-admin" cannot get path "/api/v1"',
      }),
      'KubernetesUnavailable',
      true,
    ],
    [
      'a quota',
      aStatus(403, { reason: 'Forbidden', message: 'pods "a" is forbidden: exceeded quota: q' }),
      'KubernetesRefused',
      false,
    ],
    [
      'a namespace that goes away',
      aStatus(403, {
        reason: 'Forbidden',
        message: 'unable to create new content in namespace a because it is being terminated',
        details: { causes: [{ reason: 'NamespaceTerminating' }] },
      }),
      'UnitNotReady',
      false,
    ],
    [
      'an immutable field',
      aStatus(422, { reason: 'Invalid', message: 'field is immutable' }),
      'KubernetesRefused',
      false,
    ],
    [
      'a group that is not there (plain text)',
      { status: 404, body: '404 page not found\n' },
      'KubernetesRefused',
      false,
    ],
    [
      'a write at the same moment',
      aStatus(409, { reason: 'Conflict', message: 'Operation cannot be fulfilled: the object has been modified' }),
      'KubernetesUnavailable',
      true,
    ],
    [
      'an object that is gone',
      aStatus(409, {
        reason: 'Conflict',
        message: 'uid mismatch: the provided object specified uid a, and no existing object was found',
      }),
      'KubernetesRefused',
      false,
    ],
    ['a field of another manager', conflict, 'FieldConflict', false],
  ])('knows %s', (_title, response, type, hiccup) => {
    expect(classifyKubernetesFailure('Deployment a/b', response).type).toBe(type);
    expect(isHiccup(response)).toBe(hiccup);
  });

  it('names the field and its manager in a conflict', () => {
    expect(classifyKubernetesFailure('Deployment api/scan', conflict).message).toBe(
      'Deployment api/scan: field .spec.replicas belongs to "hpa" with subresource "scale"',
    );
  });

  it('keeps what the server says in one line, and how long to wait', () => {
    const error = classifyKubernetesFailure('Node a', {
      ...aStatus(429, { message: 'too\n many' }),
      retryAfterMs: 2_000,
    });

    expect(error.message).toBe('Node a: too many (429)');
    expect(error.retryAfterMs).toBe(2_000);
  });
});

describe('classifyConnectionFailure', () => {
  it('takes a lost connection for an API server that does not answer', () => {
    const error = classifyConnectionFailure('list of Node', new Error('connect ECONNREFUSED 10.0.0.1:6443'));

    expect(error.type).toBe('KubernetesUnavailable');
    expect(error.message).toBe('list of Node: the API server does not answer: connect ECONNREFUSED 10.0.0.1:6443');
  });
});
