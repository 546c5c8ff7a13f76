import { describe, expect, it } from 'vitest';
import type { SeenDeployment, SeenNode } from '../../observer/cluster.js';
import {
  judgeApplied,
  judgeChildren,
  judgeDeployments,
  judgeLedger,
  judgeNodes,
  type ExpectedNode,
  type Judgement,
} from '../../observer/judge.js';
import type { LedgerLine } from '../../observer/ledger.js';

const expected: readonly ExpectedNode[] = [
  { name: 'master', role: 'control-plane', labels: {}, taints: ['node-role.kubernetes.io/control-plane:NoSchedule'] },
  { name: 'redis', role: 'worker', labels: { tier: 'infrastructure' }, taints: [] },
];

const nodes: readonly SeenNode[] = expected.map(({ name, labels, taints }) => {
  return {
    name,
    ready: true,
    version: 'v1.36.3',
    labels: { ...labels, other: 'label' },
    taints,
    address: '198.18.0.4',
  };
});

const deployments: readonly SeenDeployment[] = [
  { name: 'redis', namespace: 'data', unit: 'redis', wanted: 2, ready: 2 },
  { name: 'coredns', namespace: 'kube-system', unit: undefined, wanted: 2, ready: 0 },
];

function line(system: string, effect: string, key: string, node?: string): LedgerLine {
  return { time: '2026-01-01T00:00:00Z', system, effect, key, node };
}

const request = 'certificates.k8s.io/v1/CertificateSigningRequest';
const ledger: readonly LedgerLine[] = [
  line('ec2', 'CreateVpc', 'vpc'),
  line('ec2', 'CreateInternetGateway', 'gateway'),
  line('ec2', 'RunInstances', 'master/1', 'master'),
  line('ec2', 'RunInstances', 'redis/1', 'redis'),
  line('host', 'kubeadm init', 'master/1', 'master'),
  line('host', 'kubeadm join', 'redis/1', 'redis'),
  line('kubernetes', 'create', 'v1/Node/master', 'master'),
  line('kubernetes', 'create', 'v1/Node/redis', 'redis'),
  line('kubernetes', 'create', `${request}/csr-1`, 'redis'),
  line('kubernetes', 'create', 'apps/v1/Deployment/data/redis'),
];

const children = ['cluster/c/node/master', 'cluster/c/node/redis', 'cluster/c/wave/0'];

interface World {
  readonly nodes: readonly SeenNode[];
  readonly deployments: readonly SeenDeployment[];
  readonly ledger: readonly LedgerLine[];
  readonly children: readonly string[];
}

const good: World = { nodes, deployments, ledger, children };

function wrongIn(world: World): readonly string[] {
  const judgements: readonly Judgement[] = [
    ...judgeNodes(expected, world.nodes),
    ...judgeLedger(expected, world.ledger),
    ...judgeDeployments(world.deployments),
    ...judgeApplied(world.deployments, world.ledger),
    ...judgeChildren(expected, world.children),
  ];
  return judgements.filter((one) => !one.good).map(({ sentence }) => sentence);
}

function changedNode(change: Partial<SeenNode>): World {
  return { ...good, nodes: nodes.map((node) => (node.name === 'redis' ? { ...node, ...change } : node)) };
}

describe('the judge', () => {
  it('finds nothing wrong with a cluster as it must be', () => {
    expect(wrongIn(good)).toEqual([]);
  });

  const damages: Readonly<Record<string, readonly [World, readonly string[]]>> = {
    'a node is missing': [{ ...good, nodes: nodes.slice(0, 1) }, ['redis: is a node of the cluster; found none']],
    'a node nobody asked for': [
      { ...good, nodes: [...nodes, { ...(nodes[1] as SeenNode), name: 'stranger' }] },
      ['no node but the expected ones; found stranger'],
    ],
    'a node is not Ready': [changedNode({ ready: false }), ['redis: is Ready']],
    'a label is missing': [changedNode({ labels: {} }), ['redis: has its labels; wrong or missing: tier']],
    'a taint too many': [changedNode({ taints: ['a:NoSchedule'] }), ['redis: taints are none; found a:NoSchedule']],
    'a pod is not ready': [
      { ...good, deployments: deployments.map((one) => ({ ...one, ready: 1 })) },
      ['Deployment data/redis: 2 ready; found 1'],
    ],
    'no Deployment at all': [
      { ...good, deployments: [] },
      ['Deployments of units; found 0', 'Deployments of units; found 0'],
    ],
    'a node has two children': [
      { ...good, children: [...children, 'cluster/c/node/redis'] },
      ['2 child workflows of nodes; found 3', 'no node has two children; found 1 too many'],
    ],
  };

  it.each(Object.entries(damages))('says what is wrong when there is %s', (_, [world, sentences]) => {
    expect(wrongIn(world)).toEqual(sentences);
  });

  it.each(ledger.map((effect) => [`${effect.effect} ${effect.key}`, effect] as const))(
    'finds that %s happened twice, or never',
    (_, effect) => {
      expect(wrongIn({ ...good, ledger: [...ledger, effect] })).not.toEqual([]);
      expect(wrongIn({ ...good, ledger: ledger.filter((one) => one !== effect) })).not.toEqual([]);
    },
  );
});
