import { describe, expect, it } from 'vitest';
import { closingTable } from '../../observer/table.js';

describe('closingTable', () => {
  it('shows each node as kubectl has it beside how often the ledger has its effects, and says what the numbers are', () => {
    const node = { ready: true, version: 'v1.36.3', taints: [], address: '198.18.0.4' };
    const effect = { time: '', system: 'ec2', effect: 'RunInstances', key: 'redis/1', node: 'redis' };
    const lines = closingTable(
      [{ ...node, name: 'redis', labels: { tier: 'infrastructure', workload: 'redis' } }],
      [{ unit: 'redis', namespace: 'data', name: 'redis', ready: 1, wanted: 2 }],
      [effect, effect],
    ).split('\n');

    expect(lines[0]).toMatch(/^NODE +KUBECTL +VERSION +ADDRESS +RUN +KUBEADM +REG +CSR/);
    expect(lines[1]).toMatch(/^redis +Ready +v1\.36\.3 +198\.18\.0\.4 +2 +join 0 +0 +0 +infrastructure – redis –/);
    expect(lines[2]).toMatch(/^how often, by the ledger: RUN RunInstances/);
    expect(lines.at(-1)).toMatch(/^redis +data\/redis +1\/2 +0$/);
  });
});
