import type { ExpectedNode } from '../observer/judge.js';

const infrastructureTaint = 'node-role.kubernetes.io/infrastructure:NoSchedule';

function api(domain: string, phase: number): ExpectedNode {
  const labels = { tier: 'api', phase: String(phase), workload: 'api', domain };
  return { name: `k8s-api-${domain}`, role: 'worker', labels, taints: [] };
}

function infrastructure(workload: string, phase: number, taints: readonly string[] = []): ExpectedNode {
  const labels = { tier: 'infrastructure', phase: String(phase), workload };
  return { name: `k8s-${workload}`, role: 'worker', labels, taints };
}

/** The 14 nodes of the ecoeco cluster, written down by hand: what a roll-out is judged by. */
export const expectedNodes: readonly ExpectedNode[] = [
  {
    name: 'k8s-master',
    role: 'control-plane',
    labels: { 'node-role.kubernetes.io/control-plane': '' },
    taints: ['node-role.kubernetes.io/control-plane:NoSchedule'],
  },
  api('auth', 1),
  api('my', 1),
  api('scan', 1),
  infrastructure('postgresql', 1),
  infrastructure('redis', 1),
  api('character', 2),
  api('location', 2),
  api('info', 3),
  api('chat', 3),
  {
    name: 'k8s-worker-storage',
    role: 'worker',
    labels: {
      tier: 'worker',
      phase: '4',
      workload: 'worker-storage',
      'worker-type': 'io-bound',
      'pool-type': 'eventlet',
      domain: 'scan',
    },
    taints: [],
  },
  {
    name: 'k8s-worker-ai',
    role: 'worker',
    labels: {
      tier: 'worker',
      phase: '4',
      workload: 'worker-ai',
      'worker-type': 'network-bound',
      'pool-type': 'prefork',
      domain: 'chat',
    },
    taints: [],
  },
  infrastructure('rabbitmq', 4, [infrastructureTaint]),
  infrastructure('monitoring', 4, [infrastructureTaint]),
];
