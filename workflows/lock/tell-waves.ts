import type { PlannedUnit } from '../../model/plan/plan.js';
import type { PlanRun } from './plan-run.js';
import { amendedSignal, nodesReadySignal } from '../contract/messages.js';
import { waveWorkflowId } from '../../model/names/workflow-ids.js';
import { planReference, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';

/** A unit hears of its last nodes one by one, so that it can say what it waits for, and of all others together. */
const announceEachOfLast = 5;

/** Nodes that must be Ready before a unit is applied: the control plane, and those of its own pods. */
export function nodesOf(plan: PlanSkeleton, unit: PlannedUnit): readonly string[] {
  const controlPlane = plan.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name);
  return [...new Set([...controlPlane, ...unit.nodes])];
}

/**
 * Tells open waves of a node that is Ready now, where a unit waits for it and for few others. So a run sends as many
 * signals as it has units, and not as many as it has nodes. Each signal is five events of a limited history.
 */
export async function tellNodeReady({ now: { plan, readyNodes, children } }: PlanRun, node: string): Promise<void> {
  const told = new Map<number, Set<string>>();
  for (const unit of plan.units) {
    const nodes = nodesOf(plan, unit);
    if (!nodes.includes(node) || nodes.filter((name) => !readyNodes.has(name)).length > announceEachOfLast) continue;
    const names = told.get(unit.wave) ?? new Set();
    for (const name of nodes) if (readyNodes.has(name)) names.add(name);
    told.set(unit.wave, names);
  }
  const signals = [...told].flatMap(([wave, names]) => {
    const child = children.get(waveWorkflowId(plan.cluster, wave));
    return child === undefined ? [] : [child.signal(nodesReadySignal, { nodes: [...names] })];
  });
  await Promise.allSettled(signals);
}

/** Tells open waves which of their units have other objects by the plan that was approved in place of an earlier one. */
export async function tellWavesOfPlan({ now: { plan, children } }: PlanRun, before: PlanSkeleton): Promise<void> {
  const earlier = new Map(before.units.map(({ name, digest }) => [name, digest]));
  const moved = plan.units.filter(({ name, digest }) => earlier.get(name) !== digest);
  const signals = [...Map.groupBy(moved, ({ wave }) => wave)].flatMap(([wave, units]) => {
    const child = children.get(waveWorkflowId(plan.cluster, wave));
    return child === undefined ? [] : [child.signal(amendedSignal, { plan: planReference(plan), units })];
  });
  await Promise.allSettled(signals);
}
