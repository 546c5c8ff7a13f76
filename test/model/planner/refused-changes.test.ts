import { describe, expect, it } from 'vitest';
import { madeWith } from '../../../model/host/kubeadm-config.js';
import { refusedChanges } from '../../../model/planner/refused-changes.js';
import { aSpec, settledFacts } from '../../builders.js';

const spec = aSpec();
// as `kubectl -n kube-system get configmap kubeadm-config` shows it
const configuration = `apiServer:
  certSANs:
  - 10.20.0.10
apiVersion: kubeadm.k8s.io/v1beta4
clusterName: test
controlPlaneEndpoint: api.test.internal:6443
kind: ClusterConfiguration
kubernetesVersion: v1.36.3
networking:
  dnsDomain: cluster.local
  podSubnet: 10.244.0.0/16
  serviceSubnet: 10.96.0.0/16
`;
const settled = settledFacts({ spec });
const facts = {
  ...settled,
  network: { ...settled.network, vpcCidr: spec.network.vpcCidr },
  kubernetes: { ...settled.kubernetes!, madeWith: madeWith(configuration) },
};

describe('a change of what a cluster keeps as it was made', () => {
  it('is none where the spec is as the cluster', () => {
    expect(madeWith(configuration)).toEqual({
      version: '1.36.3',
      endpoint: 'api.test.internal',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
    });
    expect(refusedChanges(spec, facts)).toEqual([]);
  });

  it.each([
    ['kubernetes.version', { kubernetes: { ...spec.kubernetes, version: '1.37.0' } }, '1.36.3', '1.37.0'],
    ['kubernetes.version', { kubernetes: { ...spec.kubernetes, version: '1.35.0' } }, '1.36.3', '1.35.0'],
    ['controlPlaneEndpoint', { controlPlaneEndpoint: 'other.internal' }, 'api.test.internal', 'other.internal'],
    ['network.podCidr', { network: { ...spec.network, podCidr: '10.0.0.0/16' } }, '10.244.0.0/16', '10.0.0.0/16'],
    [
      'network.serviceCidr',
      { network: { ...spec.network, serviceCidr: '10.1.0.0/16' } },
      '10.96.0.0/16',
      '10.1.0.0/16',
    ],
    ['network.vpcCidr', { network: { ...spec.network, vpcCidr: '10.30.0.0/16' } }, '10.20.0.0/16', '10.30.0.0/16'],
  ])('is refused with the reason: %s %#', (field, change, found, wanted) => {
    const [sentence, ...more] = refusedChanges({ ...spec, ...change }, facts);
    expect(sentence).toMatch(`${field}: the cluster has ${found}, the spec says ${wanted}: `);
    expect(more).toEqual([]);
  });

  it('is not refused by what nobody has said: a cluster that does not exist yet takes any', () => {
    expect(refusedChanges(spec, { ...facts, network: { subnets: [] }, kubernetes: settled.kubernetes! })).toEqual([]);
  });
});
