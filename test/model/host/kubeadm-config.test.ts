import { describe, expect, it } from 'vitest';
import { initDocuments, joinDocument } from '../../../model/host/kubeadm-config.js';
import { aNode, aSpec } from '../../builders.js';

const host = { address: '10.20.0.5', otherAddresses: ['203.0.113.9'], providerId: 'aws:///ap-northeast-2a/i-1' };
const master = aNode({ name: 'k8s-master', role: 'control-plane' });

describe('initDocuments', () => {
  it('names version, endpoint, networks and every address of the API server', () => {
    const spec = aSpec();

    const [init, cluster] = initDocuments(spec, master, host);

    expect(init).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'InitConfiguration',
      localAPIEndpoint: { advertiseAddress: '10.20.0.5' },
    });
    expect(cluster).toMatchObject({
      kubernetesVersion: 'v1.36.3',
      controlPlaneEndpoint: 'api.test.internal:6443',
      networking: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/16' },
      apiServer: { certSANs: ['api.test.internal', '10.20.0.5', '203.0.113.9'] },
    });
  });

  it('writes an audit log from a policy that the API server can read', () => {
    const apiServer = initDocuments(aSpec(), master, host)[1]?.['apiServer'];

    expect(apiServer).toMatchObject({
      extraArgs: expect.arrayContaining([
        { name: 'audit-policy-file', value: '/etc/groundswell/audit-policy.yaml' },
        { name: 'audit-log-path', value: '/var/log/kubernetes/audit.log' },
      ]),
      extraVolumes: [{ hostPath: '/etc/groundswell/audit-policy.yaml' }, { hostPath: '/var/log/kubernetes' }],
    });
  });

  it('lets the kubelet and kube-proxy fields of the spec win', () => {
    const { kubernetes } = aSpec();
    const spec = aSpec({
      kubernetes: { ...kubernetes, kubelet: { cgroupDriver: 'cgroupfs' }, kubeProxy: { mode: 'nftables' } },
    });

    const [, , kubelet, kubeProxy] = initDocuments(spec, master, host);

    expect(kubelet).toMatchObject({ kind: 'KubeletConfiguration', cgroupDriver: 'cgroupfs' });
    expect(kubeProxy).toMatchObject({ kind: 'KubeProxyConfiguration', mode: 'nftables' });
  });

  it('lets the token that init makes anyway live for a minute, and holds no token itself', () => {
    expect(initDocuments(aSpec(), master, host)[0]?.['bootstrapTokens']).toEqual([
      { ttl: '1m0s', description: 'made by kubeadm init, not used' },
    ]);
  });
});

describe('joinDocument', () => {
  it('pins the CA, names the node and its taints, and holds no token', () => {
    const taint = { key: 'node-role.kubernetes.io/infrastructure', effect: 'NoSchedule' } as const;
    const node = aNode({ name: 'k8s-rabbitmq', taints: [taint] });

    const document = joinDocument({ spec: aSpec(), node, host, caCertHash: 'sha256:ab' });

    expect(document).toEqual({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      kind: 'JoinConfiguration',
      discovery: {
        bootstrapToken: { apiServerEndpoint: 'api.test.internal:6443', caCertHashes: ['sha256:ab'] },
      },
      nodeRegistration: {
        name: 'k8s-rabbitmq',
        criSocket: 'unix:///run/containerd/containerd.sock',
        imagePullPolicy: 'IfNotPresent',
        ignorePreflightErrors: [],
        taints: [taint],
        kubeletExtraArgs: [
          { name: 'node-ip', value: '10.20.0.5' },
          { name: 'provider-id', value: 'aws:///ap-northeast-2a/i-1' },
        ],
      },
    });
  });

  it('gives a Node its start-up taints when it registers, beside the others', () => {
    const own = { key: 'dedicated', effect: 'NoSchedule' } as const;
    const agent = { key: 'agent.example.com/not-ready', effect: 'NoExecute' } as const;
    const fields = { taints: [own], startupTaints: [agent] };
    const join = { spec: aSpec(), node: aNode({ name: 'w', ...fields }), host, caCertHash: 'sha256:ab' };
    const [init] = initDocuments(aSpec(), { ...master, ...fields }, host);

    expect(joinDocument(join)['nodeRegistration']).toMatchObject({ taints: [own, agent] });
    expect(init?.['nodeRegistration']).toMatchObject({ taints: [expect.anything(), own, agent] });
  });

  it('gives a worker without taints an empty list, which keeps kubeadm from adding its own', () => {
    const document = joinDocument({ spec: aSpec(), node: aNode({ name: 'w' }), host, caCertHash: 'sha256:ab' });

    expect(document['nodeRegistration']).toMatchObject({ taints: [] });
  });
});
