import type { NodeFact } from './facts.js';
import { conditionOf } from '../health/condition.js';
import { textAt } from '../json/json-value.js';
import type { KubernetesObject } from '../kubernetes/kubernetes-object.js';
import { taintsOf } from './node-reconciliation.js';
import type { Taint } from '../spec/spec.js';

/** A Node as the planner looks at it. Taints with an effect that nobody knows are left out. */
export function nodeFact(live: KubernetesObject): NodeFact {
  const condition = conditionOf(live, 'Ready');
  const ready = condition?.status === 'True';
  return {
    name: live.metadata.name,
    ready,
    ...(ready || condition?.since === undefined ? {} : { notReadySince: condition.since }),
    labels: live.metadata.labels ?? {},
    taints: taintsOf(live).flatMap(taintFact),
    annotations: live.metadata.annotations ?? {},
    kubeletVersion: textAt(live, 'status', 'nodeInfo', 'kubeletVersion') ?? '',
  };
}

function taintFact({ key, value, effect }: { key: string; value?: string; effect: string }): readonly Taint[] {
  if (effect !== 'NoSchedule' && effect !== 'PreferNoSchedule' && effect !== 'NoExecute') return [];
  return [value === undefined ? { key, effect } : { key, effect, value }];
}
