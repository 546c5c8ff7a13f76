import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { isKubernetesObject } from '../../model/kubernetes/is-kubernetes-object.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { parseSpec } from '../../model/spec/parse-spec.js';
import { nodesAskedFor } from '../../model/planner/placement.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import { expectedNodes } from '../expected-nodes.js';

/** vCPU and memory of AWS's burstable types: https://aws.amazon.com/ec2/instance-types/t3/ */
const sizes: Readonly<Record<string, { readonly vcpu: number; readonly memoryGiB: number }>> = {
  't3.micro': { vcpu: 2, memoryGiB: 1 },
  't3.small': { vcpu: 2, memoryGiB: 2 },
  't3.medium': { vcpu: 2, memoryGiB: 4 },
  't3.large': { vcpu: 2, memoryGiB: 8 },
};

/** Written out by hand from the table of the design, as are the labels and taints of `expectedNodes`. */
const instanceTypes: Readonly<Record<string, string>> = {
  'k8s-master': 't3.large',
  'k8s-api-auth': 't3.micro',
  'k8s-api-my': 't3.micro',
  'k8s-api-scan': 't3.small',
  'k8s-postgresql': 't3.small',
  'k8s-redis': 't3.micro',
  'k8s-api-character': 't3.micro',
  'k8s-api-location': 't3.micro',
  'k8s-api-info': 't3.micro',
  'k8s-api-chat': 't3.small',
  'k8s-worker-storage': 't3.small',
  'k8s-worker-ai': 't3.small',
  'k8s-rabbitmq': 't3.small',
  'k8s-monitoring': 't3.medium',
};

const root = join(import.meta.dirname, '../..');

function objectsIn(folder: string): readonly KubernetesObject[] {
  return readdirSync(join(root, folder))
    .flatMap((file) => parseAllDocuments(readFileSync(join(root, folder, file), 'utf8')))
    .map((document): unknown => document.toJS())
    .filter(isKubernetesObject);
}

function ecoeco(): ClusterSpec {
  const parsed = parseSpec(readFileSync(join(root, 'cluster.yaml'), 'utf8'), 'cluster.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map((problem) => problem.message).join('\n'));
  return parsed.spec;
}

describe('cluster.yaml', () => {
  it('has the fourteen nodes of the design with their types, labels and taints', () => {
    const { nodes } = ecoeco();

    const written = nodes.map(({ name, labels, taints, ...node }) => {
      return { name, types: node.instanceTypes, labels, taints: taints.map(({ key, effect }) => `${key}:${effect}`) };
    });

    expect(written).toEqual(
      expectedNodes.map(({ name, role, labels, taints }) => {
        const types = [instanceTypes[name]];
        // kubeadm gives a control plane its label and taint
        return role === 'control-plane' ? { name, types, labels: {}, taints: [] } : { name, types, labels, taints };
      }),
    );
  });

  it('adds up to 28 vCPU and 30 GiB', () => {
    const types = ecoeco().nodes.map((node) => sizes[node.instanceTypes[0] ?? '']);

    expect(types.reduce((sum, size) => sum + (size?.vcpu ?? NaN), 0)).toBe(28);
    expect(types.reduce((sum, size) => sum + (size?.memoryGiB ?? NaN), 0)).toBe(30);
  });

  it('has one control plane, three zones and asks before it spends', () => {
    const spec = ecoeco();

    expect(spec.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name)).toEqual(['k8s-master']);
    expect(spec.nodes[1]?.zones).toEqual(['ap-northeast-2a', 'ap-northeast-2b', 'ap-northeast-2c']);
    expect(spec.approval).toBe('required');
  });

  it('puts the fourteen units into waves 0 to 4 and 10', () => {
    const waves = Object.groupBy(ecoeco().units, ({ wave }) => String(wave));

    expect(
      Object.fromEntries(Object.entries(waves).map(([wave, units = []]) => [wave, units.map((u) => u.name)])),
    ).toEqual({
      0: ['postgresql', 'redis', 'rabbitmq', 'monitoring'],
      1: ['api-auth', 'api-my', 'api-scan'],
      2: ['api-character', 'api-location'],
      3: ['api-info', 'api-chat'],
      4: ['worker-storage', 'worker-ai'],
      10: ['monitoring-config'],
    });
  });

  it('lets the pods of each unit run on exactly one node, its own', () => {
    const { nodes, units } = ecoeco();

    const found = units.map(({ name, manifests }) => [name, nodesAskedFor(objectsIn(manifests), nodes)]);

    expect(found).toEqual(units.map(({ name }) => [name, name === 'monitoring-config' ? [] : [`k8s-${name}`]]));
  });

  it('gives access to nobody before a person changes the range', () => {
    expect(ecoeco().access.allowedCidrs).toEqual(['203.0.113.0/24']);
  });
});
