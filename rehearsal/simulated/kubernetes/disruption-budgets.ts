import { textAt, valueAt } from '../../../model/json/json-value.js';
import { conditionOf } from '../../../model/health/condition.js';
import type { KubernetesObject } from '../../../model/kubernetes/kubernetes-object.js';
import { fitsSelector } from '../../../model/kubernetes/label-selector.js';

/** The status that the controller of a PodDisruptionBudget writes, as far as it depends on the pods that there are. */
export function budgetStatus(
  budget: KubernetesObject,
  pods: readonly KubernetesObject[],
): Readonly<Record<string, number>> {
  const expectedPods = podsOf(budget, pods).length;
  const currentHealthy = podsOf(budget, pods).filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').length;
  const missing = valueAt(budget, 'spec', 'maxUnavailable');
  const desiredHealthy =
    missing === undefined
      ? share(valueAt(budget, 'spec', 'minAvailable') ?? 0, expectedPods)
      : Math.max(0, expectedPods - share(missing, expectedPods));
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  return { expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed };
}

/** Budgets that are for a pod. */
export function budgetsOf(pod: KubernetesObject, budgets: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return budgets.filter((budget) => podsOf(budget, [pod]).length > 0);
}

function podsOf(budget: KubernetesObject, pods: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return pods
    .filter(({ metadata }) => metadata.namespace === budget.metadata.namespace)
    .filter(({ metadata }) => fitsSelector(metadata.labels, valueAt(budget, 'spec', 'selector')))
    .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined);
}

/** A number, or a part of all in percent, rounded up. */
function share(value: unknown, all: number): number {
  if (typeof value !== 'string') return Number(value);
  return Math.ceil((Number.parseInt(value, 10) / 100) * all);
}
