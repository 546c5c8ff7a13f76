import { RolloutError } from '../../model/rollout-error.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { observeData, readInventories } from '../planning/observe-data.js';

export interface LossInput {
  /** Name of the node whose host goes. */
  readonly name: string;
  /** What a person named, or the plan that a person approved. */
  readonly confirmed: readonly string[];
}

/**
 * Asks the cluster as it is now what would lose data with a host: what the plan knew may be hours old. Fails with `DataAtRisk`
 * when not all of it is confirmed, or with `KubernetesUnavailable`.
 */
export async function refuseLoss(
  kubernetes: Kubernetes,
  { name, confirmed }: LossInput,
  options: CallOptions,
): Promise<void> {
  const data = await observeData(kubernetes, await readInventories(kubernetes, options), options);
  const unnamed = (data[name] ?? []).filter((each) => !confirmed.includes(each));
  if (unnamed.length === 0) return;
  throw new RolloutError(
    'DataAtRisk',
    `node ${name}: holds data of ${unnamed.join(', ')}, which nobody named; ` +
      `if you may lose it with its host: --confirm ${(data[name] ?? []).join(',')}`,
  );
}
