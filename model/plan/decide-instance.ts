import type { InstanceFact } from '../facts/facts.js';
import { instanceEnd } from './instance-end.js';
import { isLive } from './node-instance.js';
import { RolloutError } from '../rollout-error.js';
import type { NodeSpec } from '../spec/spec.js';

/** Where a node's instance may be launched. */
export interface LaunchCandidate {
  readonly type: string;
  readonly zone: string;
}

/** Take the instance that is there, or launch one at the first candidate that has capacity. */
export type InstanceDecision =
  { readonly use: InstanceFact } | { readonly launch: readonly [LaunchCandidate, ...LaunchCandidate[]] };

/**
 * Decides about the instance of one generation of a node, from everything that EC2 still knows of the cluster.
 * Candidates are the types in order of preference, each with all zones in their order. It leaves out candidates that
 * EC2 lately ended for lack of capacity. A later generation that lives is taken: a used token may have made it. Fails
 * with `PlanStale` when an earlier generation lives or there are two instances, and with `InstanceGone` when the
 * instance is stopped or ended. Fails with `AwsQuota` or `AwsRefused` when its launch ended for that reason, and with
 * `AwsCapacity` when no candidate is left.
 */
export function decideInstance(input: {
  readonly node: NodeSpec;
  readonly generation: number;
  readonly instances: readonly InstanceFact[];
}): InstanceDecision {
  const { node, generation } = input;
  const instances = input.instances.filter((instance) => instance.node === node.name);
  const live = instances.filter(isLive);
  const [first] = live;
  const expected = `node ${node.name}: expected one instance of generation ${generation}`;
  if (first !== undefined) {
    if (live.length > 1) throw new RolloutError('PlanStale', `${expected}, found ${live.map(named).join(' and ')}`);
    if (first.generation < generation) throw new RolloutError('PlanStale', `${expected}, found ${named(first)}`);
    if (first.state === 'pending' || first.state === 'running') return { use: first };
    throw new RolloutError(
      'InstanceGone',
      `node ${node.name}: ${first.id} is ${first.state}; start it, then answer \`retry\``,
    );
  }
  const ended = instances.filter((instance) => instance.generation === generation);
  for (const instance of ended) {
    const type = instanceEnd(instance.stateReason);
    if (type !== 'AwsCapacity') throw new RolloutError(type, endedLine(node.name, instance));
  }
  const [candidate, ...others] = candidatesOf(node).filter(
    ({ type, zone }) => !ended.some((instance) => instance.type === type && instance.zone === zone),
  );
  if (candidate === undefined) throw noCapacity(node);
  return { launch: [candidate, ...others] };
}

/** How an instance ended, in one line. */
export function endedLine(node: string, instance: InstanceFact): string {
  const reason = instance.stateReason;
  const why = reason === undefined ? 'no reason given' : reason.message || reason.code;
  return `node ${node}: ${named(instance)} is ${instance.state} (${why})`;
}

/** The failure when every candidate was refused for lack of capacity. */
export function noCapacity(node: NodeSpec): RolloutError {
  const tried = candidatesOf(node).map(({ type, zone }) => `${type} in ${zone}`);
  return new RolloutError('AwsCapacity', `node ${node.name}: no capacity for ${tried.join(', ')}`);
}

function candidatesOf(node: NodeSpec): readonly LaunchCandidate[] {
  return node.instanceTypes.flatMap((type) => node.zones.map((zone) => ({ type, zone })));
}

function named({ id, generation }: InstanceFact): string {
  return `${id} of generation ${generation}`;
}
