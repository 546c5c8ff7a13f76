import { join } from 'node:path';
import { root } from '../../installation/config.js';

/** One edit of a spec: the value at a path, `undefined` takes it away. */
export interface Edit {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

const kubernetes = (field: string, value: unknown): Edit => ({ at: ['kubernetes', field], value });
const ofNode = (index: number, field: string, value: unknown): Edit => ({ at: ['nodes', index, field], value });
const ofGroup = (field: string, value: unknown): Edit => ({ at: ['nodeGroups', 'api', field], value });
const agentTaint = (value: string) => ({ key: 'example.com/agent', value, effect: 'NoSchedule' });
const taint = { key: 'example.com/other', value: 'yes', effect: 'NoSchedule' };

/** The spec of these tests beside `examples/three-nodes.yaml`, so that every field stands somewhere: node 1 has its own, node 2 a group. */
export const base: readonly Edit[] = [
  ofGroup('instanceTypes', ['t3.micro']),
  ofGroup('diskGiB', 24),
  ofGroup('labels', { team: 'one', gone: 'soon' }),
  ofGroup('taints', [{ key: 'example.com/group', value: 'a', effect: 'PreferNoSchedule' }]),
  ofGroup('startupTaints', [agentTaint('a')]),
  { at: ['nodeGroups', 'spare'], value: { instanceTypes: ['t3.micro'], labels: { team: 'two' } } },
  ofNode(2, 'group', 'api'),
  ofNode(2, 'instanceTypes', undefined),
  ofNode(1, 'zones', ['ap-northeast-2a']),
  ofNode(1, 'diskGiB', 22),
  ofNode(1, 'taints', [{ key: 'example.com/own', value: 'a', effect: 'PreferNoSchedule' }]),
  ofNode(1, 'startupTaints', [agentTaint('a')]),
  kubernetes('kubelet', { maxPods: 60 }),
  kubernetes('kubeProxy', { mode: 'iptables' }),
  kubernetes('ignorePreflightErrors', ['NumCPU']),
];

/** For every field of the schema by its path, edits of it alone. `[]` is an entry of a list, `*` a name that people choose. */
export const edits: Readonly<Record<string, readonly Edit[]>> = {
  cluster: [{ at: ['cluster'], value: 'four' }],
  region: [{ at: ['region'], value: 'us-east-1' }],
  'network.vpcCidr': [{ at: ['network', 'vpcCidr'], value: '10.30.0.0/17' }],
  'network.subnets[].zone': [{ at: ['network', 'subnets', 1, 'zone'], value: 'ap-northeast-2b' }],
  'network.subnets[].cidr': [{ at: ['network', 'subnets', 0, 'cidr'], value: '10.30.64.0/20' }],
  'network.podCidr': [{ at: ['network', 'podCidr'], value: '10.245.0.0/16' }],
  'network.serviceCidr': [{ at: ['network', 'serviceCidr'], value: '10.97.0.0/16' }],
  'access.user': [{ at: ['access', 'user'], value: 'admin' }],
  'access.key.file': [{ at: ['access', 'key'], value: { file: '/nowhere/key' } }],
  'access.key.env': [{ at: ['access', 'key'], value: { env: 'NO_SUCH_KEY' } }],
  'access.allowedCidrs[]': [{ at: ['access', 'allowedCidrs'], value: ['198.51.100.0/24'] }],
  'access.address': [{ at: ['access', 'address'], value: 'public' }],
  'image.ami': [{ at: ['image'], value: { ami: 'ami-0123456789abcdef0' } }],
  'image.owner': [{ at: ['image', 'owner'], value: '136693071363' }],
  'image.name': [{ at: ['image', 'name'], value: 'debian-12-amd64-*' }],
  'kubernetes.version': [kubernetes('version', '1.36.9')],
  'kubernetes.cni': [], // has one value
  'kubernetes.cniManifest': [kubernetes('cniManifest', 'https://example.com/kube-flannel.yml')],
  'kubernetes.cniManifestSha256': [kubernetes('cniManifestSha256', 'a'.repeat(64))],
  'kubernetes.packages.repository': [
    { at: ['kubernetes', 'packages', 'repository'], value: 'https://example.com/deb/' },
  ],
  'kubernetes.packages.keyring': [
    { at: ['kubernetes', 'packages', 'keyring'], value: 'https://example.com/Release.key' },
  ],
  'kubernetes.packages.trusted': [{ at: ['kubernetes', 'packages', 'trusted'], value: true }],
  'kubernetes.kubelet': [kubernetes('kubelet', { maxPods: 61 }), kubernetes('kubelet', undefined)],
  'kubernetes.kubeProxy': [kubernetes('kubeProxy', { mode: 'nftables' }), kubernetes('kubeProxy', undefined)],
  'kubernetes.ignorePreflightErrors[]': [
    kubernetes('ignorePreflightErrors', ['Mem']),
    kubernetes('ignorePreflightErrors', undefined),
  ],
  'containerd.restrictOomScoreAdj': [{ at: ['containerd', 'restrictOomScoreAdj'], value: true }],
  controlPlaneEndpoint: [{ at: ['controlPlaneEndpoint'], value: 'api.other.internal' }],
  'nodeGroups.*.instanceTypes[]': [
    ofGroup('instanceTypes', ['t3.small']),
    ofGroup('instanceTypes', ['t3.micro', 't3.small']),
  ],
  'nodeGroups.*.zones[]': [ofGroup('zones', ['ap-northeast-2a'])],
  'nodeGroups.*.diskGiB': [ofGroup('diskGiB', 25), ofGroup('diskGiB', undefined)],
  'nodeGroups.*.labels.*': [ofGroup('labels', { team: 'two', gone: 'soon' }), ofGroup('labels', { team: 'one' })],
  'nodeGroups.*.taints[].key': [ofGroup('taints', [taint]), ofGroup('taints', undefined)],
  'nodeGroups.*.taints[].value': [
    ofGroup('taints', [{ key: 'example.com/group', value: 'b', effect: 'PreferNoSchedule' }]),
  ],
  'nodeGroups.*.taints[].effect': [ofGroup('taints', [{ key: 'example.com/group', value: 'a', effect: 'NoSchedule' }])],
  'nodeGroups.*.startupTaints[].key': [ofGroup('startupTaints', [taint]), ofGroup('startupTaints', undefined)],
  'nodeGroups.*.startupTaints[].value': [ofGroup('startupTaints', [agentTaint('b')])],
  'nodeGroups.*.startupTaints[].effect': [
    ofGroup('startupTaints', [{ ...agentTaint('a'), effect: 'PreferNoSchedule' }]),
  ],
  'nodes[].instanceTypes[]': [ofNode(1, 'instanceTypes', ['t3.small'])],
  'nodes[].zones[]': [ofNode(1, 'zones', ['ap-northeast-2c']), ofNode(1, 'zones', undefined)],
  'nodes[].diskGiB': [ofNode(1, 'diskGiB', 23), ofNode(1, 'diskGiB', undefined)],
  'nodes[].labels.*': [
    ofNode(1, 'labels', { tier: 'infrastructure', workload: 'redis', more: 'yes' }),
    ofNode(1, 'labels', { tier: 'other', workload: 'redis' }),
    ofNode(1, 'labels', { workload: 'redis' }),
  ],
  'nodes[].taints[].key': [ofNode(1, 'taints', [taint]), ofNode(1, 'taints', undefined)],
  'nodes[].taints[].value': [ofNode(1, 'taints', [{ key: 'example.com/own', effect: 'PreferNoSchedule' }])],
  'nodes[].taints[].effect': [ofNode(1, 'taints', [{ key: 'example.com/own', value: 'a', effect: 'NoExecute' }])],
  'nodes[].startupTaints[].key': [ofNode(1, 'startupTaints', [taint]), ofNode(1, 'startupTaints', undefined)],
  'nodes[].startupTaints[].value': [ofNode(1, 'startupTaints', [agentTaint('b')])],
  'nodes[].startupTaints[].effect': [ofNode(1, 'startupTaints', [{ ...agentTaint('a'), effect: 'NoExecute' }])],
  'nodes[].name': [ofNode(1, 'name', 'k8s-redis-2')],
  'nodes[].role': [ofNode(1, 'role', 'control-plane')],
  'nodes[].group': [ofNode(2, 'group', 'spare'), ofNode(1, 'group', 'spare')],
  'nodes[].phase': [ofNode(2, 'phase', 7), ofNode(2, 'phase', undefined)],
  'units[].name': [{ at: ['units', 0, 'name'], value: 'redis-2' }],
  'units[].wave': [{ at: ['units', 1, 'wave'], value: 2 }],
  'units[].namespace': [{ at: ['units', 0, 'namespace'], value: 'other' }],
  'units[].manifests': [{ at: ['units', 0, 'manifests'], value: join(root, 'examples/units/api-auth') }],
  approval: [{ at: ['approval'], value: 'none' }],
  'unapproved[]': [{ at: ['unapproved'], value: ['replace-node'] }],
};
