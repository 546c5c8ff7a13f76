import { describe, expect, it } from 'vitest';
import { resolveSpec } from '../../../model/spec/resolve-spec.js';
import { SpecDocument } from '../../../model/spec/spec.js';
import { aSpec } from '../../builders.js';

function resolved(node: Record<string, unknown>, group: Record<string, unknown> = {}) {
  const { nodes: _, ...rest } = aSpec();
  const subnets = [
    { zone: 'ap-northeast-2b', cidr: '10.20.16.0/20' },
    { zone: 'ap-northeast-2a', cidr: '10.20.0.0/20' },
  ];
  const network = { ...rest.network, subnets };
  const document = { ...rest, network, nodeGroups: { shared: group }, nodes: [{ name: 'k8s-a', ...node }] };
  return resolveSpec(SpecDocument.parse(document)).nodes[0];
}

describe('resolveSpec', () => {
  it('fills in role, disk size and the zones of all subnets in their order', () => {
    expect(resolved({ instanceTypes: ['t3.micro'] })).toEqual({
      name: 'k8s-a',
      role: 'worker',
      instanceTypes: ['t3.micro'],
      zones: ['ap-northeast-2b', 'ap-northeast-2a'],
      diskGiB: 20,
      labels: {},
      taints: [],
    });
  });

  it("merges labels, and lets a node's own fields win over those of its group", () => {
    const taint = { key: 'dedicated', effect: 'NoSchedule' };
    const group = { instanceTypes: ['t3.small'], diskGiB: 50, labels: { tier: 'api', domain: 'x' }, taints: [taint] };

    const node = resolved({ group: 'shared', labels: { domain: 'auth' }, diskGiB: 30, taints: [] }, group);

    expect(node).toMatchObject({ instanceTypes: ['t3.small'], diskGiB: 30, taints: [] });
    expect(node?.labels).toEqual({ tier: 'api', domain: 'auth' });
  });

  it('takes start-up taints from the node, else from its group; none are left out', () => {
    const agent = { key: 'agent.example.com/not-ready', effect: 'NoExecute' };
    const group = { instanceTypes: ['t3.small'], startupTaints: [agent] };

    expect(resolved({ group: 'shared' }, group)?.startupTaints).toEqual([agent]);
    expect(resolved({ group: 'shared', startupTaints: [] }, group)).not.toHaveProperty('startupTaints');
  });

  it('makes the phase a label, zero included', () => {
    expect(resolved({ instanceTypes: ['t3.micro'], phase: 0 })?.labels).toEqual({ phase: '0' });
  });
});
