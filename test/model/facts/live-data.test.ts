import { describe, expect, it } from 'vitest';
import { liveData } from '../../../model/facts/live-data.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';

const claim = { persistentVolumeClaim: { claimName: 'c' } };

function aPod(fields: {
  volumes: readonly object[];
  owner?: object;
  namespace?: string;
  phase?: string;
}): KubernetesObject {
  const { volumes, owner, namespace = 'shop', phase = 'Running' } = fields;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace, ...(owner === undefined ? {} : { ownerReferences: [owner] }) },
    spec: { nodeName: 'n', volumes },
    status: { phase },
  };
}

function dataOf(pods: readonly KubernetesObject[], volumes: readonly KubernetesObject[] = []): readonly string[] {
  const unitOf = ({ kind, name }: { kind: string; name: string }) =>
    kind === 'Deployment' && name === 'auth' ? 'api-auth' : undefined;
  return liveData({ pods, volumes, unitOf })['n'] ?? [];
}

describe('liveData', () => {
  it.each([
    ['a claim', claim],
    ['a path of the host', { hostPath: { path: '/srv' } }],
    ['a claim of its own', { ephemeral: {} }],
    ['an emptyDir on disk', { emptyDir: {} }],
  ])('counts a pod that keeps data in %s, whatever made it', (_, volume) => {
    expect(dataOf([aPod({ volumes: [volume] })])).toEqual(['shop/p']);
    expect(dataOf([aPod({ volumes: [volume], owner: { kind: 'Database', name: 'db' } })])).toEqual(['shop/db']);
  });

  it('calls the pods of a unit by the name of the unit', () => {
    const pod = aPod({ volumes: [claim], owner: { kind: 'ReplicaSet', name: 'auth-5d4f6c' } });

    expect(dataOf([pod, pod])).toEqual(['api-auth']);
  });

  it('counts a volume that is bound to the node, though no pod uses it', () => {
    const terms = [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n'] }] }];
    const spec = {
      nodeAffinity: { required: { nodeSelectorTerms: terms } },
      claimRef: { namespace: 'shop', name: 'old' },
    };
    const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv-1' }, spec };

    expect(dataOf([], [volume])).toEqual(['shop/old']);
  });

  it('counts no pod without volumes, with memory only, that has finished, or of the system itself', () => {
    const pods = [
      aPod({ volumes: [] }),
      aPod({ volumes: [{ configMap: { name: 'c' } }, { emptyDir: { medium: 'Memory' } }] }),
      aPod({ volumes: [claim], phase: 'Succeeded' }),
      aPod({ volumes: [{ hostPath: { path: '/lib/modules' } }], namespace: 'kube-system' }),
    ];

    expect(dataOf(pods)).toEqual([]);
  });
});
