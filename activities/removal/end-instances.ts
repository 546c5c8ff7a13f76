import type { InstanceFact } from '../../model/facts/facts.js';
import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Ec2Compute } from '../../systems/ec2/ec2.js';
import { waitUntil, type Look, type Pace } from '../../systems/wait-until.js';

/** EC2 ends an instance within a minute as a rule; one whose guest does not answer takes a few. */
export const endingPace: Pace = { everyMs: 2_000, deadlineMs: 15 * 60_000 };

export interface InstancesToEnd {
  readonly cluster: string;
  /** Name of the node. */
  readonly node: string;
  readonly pace: Pace;
  /** Which of the node's instances are meant. Default: all. */
  readonly isMeant?: (instance: InstanceFact) => boolean;
}

/**
 * Ends the instances of a node and waits until EC2 shows them as terminated, or not at all. Returns whether there was one to
 * end. Fails with `TimedOut` when one does not end, or as EC2 fails.
 */
export async function endInstances(
  ec2Compute: Ec2Compute,
  { cluster, node, pace, isMeant = () => true }: InstancesToEnd,
  options: Required<CallOptions>,
): Promise<boolean> {
  const open = async (): Promise<readonly InstanceFact[]> => {
    const instances = await ec2Compute.describeInstances({ cluster, nodes: [node] }, options);
    return instances.filter((one) => one.node === node && one.state !== 'terminated' && isMeant(one));
  };
  const alive = await open();
  for (const { id } of alive) await ec2Compute.terminateInstance({ cluster, id }, options);
  await untilEnded(open, { node, pace }, options);
  return alive.length > 0;
}

async function untilEnded(
  look: () => Promise<readonly InstanceFact[]>,
  { node, pace }: { readonly node: string; readonly pace: Pace },
  options: Required<CallOptions>,
): Promise<void> {
  let open: InstanceFact | undefined;
  const lookOnce = async (): Promise<Look<true>> => {
    [open] = await look();
    return open === undefined ? { done: true } : { waitsFor: `${open.id} is ${open.state}` };
  };
  if ('done' in (await waitUntil(lookOnce, pace, options))) return;
  const wanted = `terminated after ${pace.deadlineMs / 1_000} s`;
  throw new RolloutError('TimedOut', `node ${node}: ${open?.id ?? ''}: expected ${wanted}, found ${open?.state ?? ''}`);
}
