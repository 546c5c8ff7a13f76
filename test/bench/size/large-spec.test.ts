import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { largeSpec } from '../../../bench/size/large-spec.js';
import { parseSpec } from '../../../model/spec/parse-spec.js';
import type { ClusterSpec } from '../../../model/spec/spec.js';

const text = readFileSync(join(import.meta.dirname, '../../../cluster.yaml'), 'utf8');

function parsed(nodes: number): ClusterSpec {
  const result = parseSpec(largeSpec(text, nodes), 'large.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.spec;
}

describe('largeSpec', () => {
  it('of the 14 nodes is the same spec', () => {
    expect({ ok: true, spec: parsed(14) }).toEqual(parseSpec(text, 'cluster.yaml'));
  });

  it('is valid with 1,000 nodes: addresses fit, names differ, one control plane', () => {
    const { nodes, network } = parsed(1000);

    expect(nodes).toHaveLength(1000);
    expect(new Set(nodes.map(({ name }) => name)).size).toBe(1000);
    expect(nodes.filter(({ role }) => role === 'control-plane')).toHaveLength(1);
    expect(network.podCidr).toBe('10.128.0.0/14');
  });

  it('gives each further node the group, labels and taints of one of the first', () => {
    const { nodes } = parsed(100);
    const [first, later] = ['k8s-rabbitmq', 'k8s-rabbitmq-5'].map((name) => nodes.find((node) => node.name === name));

    expect(later).toEqual({ ...first, name: 'k8s-rabbitmq-5' });
  });

  it('refuses fewer nodes than there are, and what is no number', () => {
    expect(() => largeSpec(text, 13)).toThrow('--nodes 13: expected a number of nodes from 14 on');
    expect(() => largeSpec(text, Number('many'))).toThrow('--nodes NaN: expected a number of nodes from 14 on');
  });
});
