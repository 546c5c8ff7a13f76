import type { ClusterFacts, InstanceFact } from './facts.js';
import type { NodeSpec } from '../spec/spec.js';

/** The instance of a node, and the generation that is used or comes next. */
export interface NodeInstance {
  readonly live?: InstanceFact;
  readonly generation: number;
}

/** Whether an instance still is, or can be again, the host of its node. A stopped one can. */
export function isLive(instance: Pick<InstanceFact, 'state'>): boolean {
  return instance.state !== 'shutting-down' && instance.state !== 'terminated';
}

/**
 * The live instance of a node with the highest generation. Without one: the generation after the highest that was
 * ever seen, the terminated ones included, for a used client token gives the terminated instance again.
 */
export function instanceOf(node: string, instances: readonly InstanceFact[]): NodeInstance {
  const all = instances.filter((instance) => instance.node === node);
  const newestFirst = all.toSorted((a, b) => b.generation - a.generation || (a.id < b.id ? -1 : 1));
  const live = newestFirst.find(isLive);
  if (live !== undefined) return { live, generation: live.generation };
  return { generation: (newestFirst[0]?.generation ?? 0) + 1 };
}

/**
 * The differences between a live instance and the spec that Groundswell leaves alone; `undefined` when there are none.
 */
export function instanceNote(input: {
  readonly node: NodeSpec;
  readonly facts: ClusterFacts;
  readonly instance: InstanceFact;
}): string | undefined {
  const { node, facts, instance } = input;
  const others = facts.instances.filter(
    (other) => other.node === node.name && isLive(other) && other.id !== instance.id,
  );
  const notes = [
    ...(instance.imageId === facts.image.id
      ? []
      : [`its image is ${instance.imageId}, the newest is ${facts.image.id}`]),
    ...(instance.diskGiB === undefined ? ['the size of its disk was not recorded, and is not compared'] : []),
    ...(instance.strayTags === undefined ? [] : [`somebody changed its tags: ${instance.strayTags.join(', ')}`]),
    ...others.map((other) => `${other.id} is a second instance of this node`),
  ];
  return notes.length === 0 ? undefined : notes.join('; ');
}
