import { controlPlaneOf } from '../../model/spec/control-plane-of.js';
import { oneOf } from '../../model/spec/nearest-word.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import type { Plan } from '../../model/plan/plan.js';
import type { PlanWishes } from '../../model/plan/plan-skeleton.js';
import { RolloutError } from '../../model/rollout-error.js';

/**
 * The wishes as they are to be planned now. A host that another took the place of since an earlier plan is not replaced again.
 * Fails with `InputInvalid` for a node that the spec does not have, and for its control plane.
 */
export function currentWishes(
  { replace = [], confirmed = [] }: PlanWishes,
  { spec, earlier, generations }: WishContext,
): PlanWishes {
  const names = spec.nodes.map(({ name }) => name);
  for (const name of replace) {
    if (!names.includes(name)) throw invalid(`--replace ${name}: expected ${oneOf(names, name)}`);
    if (name !== controlPlaneOf(spec).name) continue;
    throw invalid(
      `--replace ${name}: expected a worker; the only control plane is never replaced, because the cluster's state is on it`,
    );
  }
  return { confirmed, replace: replace.filter((name) => isStillMeant(name, earlier, generations)) };
}

interface WishContext {
  readonly spec: ClusterSpec;
  /** The plan that the new one takes the place of: `unread` where it cannot be read, and nothing is known of it. */
  readonly earlier: Plan | 'none' | 'unread';
  /** By node: generation of its live instance. */
  readonly generations: ReadonlyMap<string, number>;
}

function isStillMeant(
  name: string,
  earlier: WishContext['earlier'],
  generations: ReadonlyMap<string, number>,
): boolean {
  if (earlier === 'none') return true;
  if (earlier === 'unread') return false;
  const meant = earlier.nodes.find((node) => node.name === name);
  return meant?.replaces !== undefined && meant.replaces === generations.get(name);
}

function invalid(message: string): RolloutError {
  return new RolloutError('InputInvalid', message);
}
