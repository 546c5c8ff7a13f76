import { describe, expect, it } from 'vitest';
import { inApplyOrder } from '../../../model/kubernetes/apply-order.js';
import { intendedObject } from '../../../model/kubernetes/intended-object.js';

describe('inApplyOrder', () => {
  it('puts first what others need, custom resources after built-in kinds, webhooks last', () => {
    const kinds = [
      'ValidatingWebhookConfiguration',
      'Widget',
      'Ingress',
      'Deployment',
      'Service',
      'ConfigMap',
      'Role',
      'StorageClass',
      'CustomResourceDefinition',
      'Namespace',
    ];
    const objects = kinds.map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } }));

    expect(inApplyOrder(objects).map(({ kind }) => kind)).toEqual([
      'Namespace',
      'CustomResourceDefinition',
      'StorageClass',
      'Role',
      'ConfigMap',
      'Service',
      'Deployment',
      'Ingress',
      'Widget',
      'ValidatingWebhookConfiguration',
    ]);
  });

  it('keeps the order of the manifests within a kind', () => {
    const objects = ['b', 'a'].map((name) => ({ apiVersion: 'v1', kind: 'Job', metadata: { name } }));

    expect(inApplyOrder(objects).map(({ metadata }) => metadata.name)).toEqual(['b', 'a']);
  });
});

describe('intendedObject', () => {
  it('labels the object with its unit and leaves out what the API server writes', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', labels: { app: 'a' }, resourceVersion: '1', uid: 'u', creationTimestamp: null },
      spec: { clusterIP: 'None' },
      status: {},
    };

    expect(intendedObject(object, 'redis')).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', labels: { app: 'a', 'groundswell.dev/unit': 'redis' } },
      spec: { clusterIP: 'None' },
    });
  });
});
