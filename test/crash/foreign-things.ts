import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { keyOf, putObject } from '../../rehearsal/simulated/kubernetes/kept-objects.js';
import type { Ec2Part, World } from '../../rehearsal/simulated/world.js';

const cluster = 'theirs';
const vpc = { cluster, vpcId: 'vpc-theirs', created: '2026-11-01T00:00:00.000Z', complete: true } as const;

/** Of another cluster in the same account. */
const parts: readonly Ec2Part[] = [
  { ...vpc, kind: 'vpc', id: vpc.vpcId, cidr: '10.30.0.0/16' },
  { ...vpc, kind: 'subnet', id: 'subnet-theirs', zone: 'ap-northeast-2a', cidr: '10.30.0.0/20' },
  { ...vpc, kind: 'security-group', id: 'sg-theirs' },
];

/** Made by other people in this cluster: what no unit has, beside what the unit that goes has. */
const objects: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'their-node' }, spec: {} },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'theirs', namespace: 'api' }, spec: {} },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'theirs', namespace: 'api' }, spec: {} },
  podOn('k8s-master'),
  podOn('their-node'),
].map((object) => ({ ...object, metadata: { ...object.metadata, uid: `theirs-${object.kind}` } }));

/** A pod on a node, of nobody that makes it again: a drain of the node evicts it. */
export function podOn(node: string): KubernetesObject {
  const metadata = { name: `on-${node}`, namespace: 'theirs', uid: `theirs-${node}` };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: node, containers: [] } };
}

/** Puts things into a world that Groundswell has no business with. */
export function putForeignThings(world: World): void {
  world.things.parts.push(...parts);
  for (const object of objects) putObject(world, object);
}

/** Which of them are not as they were put in. */
export function touchedForeignThings({ things }: World): readonly string[] {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  return [
    ...parts.filter((part) => !things.parts.some((other) => same(part, other))).map(({ id }) => id),
    ...objects
      .map((object) => [keyOf({ ...object, ...object.metadata }), object] as const)
      .filter(([key, object]) => !same(object, things.objects.get(key)))
      .map(([key]) => key),
  ].map((name) => `${name} is not ours, and was touched`);
}
