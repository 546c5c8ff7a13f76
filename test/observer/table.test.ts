import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { closingTable } from '../../observer/table.js';

const node = { ready: true, version: 'v1.36.3', taints: [], labels: {}, address: '198.18.0.4' };

describe('closingTable', () => {
  it('shows each node as kubectl has it beside how often the ledger has its effects, and says what the numbers are', () => {
    const effect = { time: '', system: 'ec2', effect: 'RunInstances', key: 'redis/1', node: 'redis' };
    const lines = closingTable(
      [{ ...node, name: 'redis', labels: { tier: 'infrastructure', workload: 'redis' } }],
      { deployments: [{ unit: 'redis', namespace: 'data', name: 'redis', ready: 1, wanted: 2 }], units: [] },
      [effect, effect],
    ).split('\n');

    expect(lines[0]).toMatch(/^NODE +KUBECTL +VERSION +ADDRESS +RUN +KUBEADM +REG +CSR$/);
    expect(lines[1]).toMatch(/^redis +Ready +v1\.36\.3 +198\.18\.0\.4 +2 +join 0 +0 +0$/);
    expect(lines[2]).toMatch(/^how often, by the ledger: RUN RunInstances/);
    expect(lines).toContainEqual(expect.stringMatching(/^redis +infrastructure +– +redis +– +–$/));
    expect(lines.at(-1)).toMatch(/^redis +Deployment data\/redis +1\/2 +0$/);
  });

  it('lists units without a Deployment too, with what they are made of', () => {
    const objects = ['v1/ConfigMap/monitoring/rules', 'v1/ConfigMap/monitoring/dashboards', 'v1/Service/monitoring/x'];
    const key = 'v1/ConfigMap/monitoring/rules';
    const apply = { time: '', system: 'kubernetes', effect: 'apply', key, node: undefined };
    const text = closingTable([], { deployments: [], units: [{ unit: 'monitoring-config', objects }] }, [apply]);

    expect(text.split('\n').at(-1)).toMatch(/^monitoring-config +2 ConfigMap, 1 Service +– +1$/);
  });

  it('does not wrap at 100 columns, also where each line says that it is simulated', () => {
    const labels = { tier: 'infrastructure', phase: '4', workload: 'worker-storage', domain: 'character' };
    const taints = ['node-role.kubernetes.io/infrastructure:NoSchedule'];
    const text = closingTable(
      [{ ...node, name: 'k8s-worker-storage', address: '198.18.100.100', labels, taints }],
      {
        deployments: [{ unit: 'worker-storage', namespace: 'workers', name: 'worker-storage', ready: 2, wanted: 2 }],
        units: [],
      },
      [],
    );

    expect(Math.max(...text.split('\n').map((line) => stringWidth(`[simulated] ${line}`)))).toBeLessThanOrEqual(100);
  });
});
