import type { PlannedUnit } from '../model/plan.js';
import type { Application } from './application.js';
import { nodesReadySignal, waveWorkflowId, type PlanSkeleton } from './contract.js';

/** A unit hears of its last nodes one by one, so that it can say what it waits for, and of all others together. */
const lastNodes = 5;

/** Nodes that must be Ready before a unit is applied: the control plane, and those of its own pods. */
export function nodesOf(plan: PlanSkeleton, unit: PlannedUnit): readonly string[] {
  const controlPlane = plan.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name);
  return [...new Set([...controlPlane, ...unit.nodes])];
}

/**
 * Tells open waves of a node that is Ready now, where a unit waits for it and for few others. So a run sends as many
 * signals as it has units, and not as many as it has nodes: each is five events of a history that has a limit.
 */
export async function tellNodeReady({ input, readyNodes, children }: Application, node: string): Promise<void> {
  const told = new Map<number, Set<string>>();
  for (const unit of input.plan.units) {
    const nodes = nodesOf(input.plan, unit);
    if (!nodes.includes(node) || nodes.filter((name) => !readyNodes.has(name)).length > lastNodes) continue;
    const names = told.get(unit.wave) ?? new Set();
    for (const name of nodes) if (readyNodes.has(name)) names.add(name);
    told.set(unit.wave, names);
  }
  const signals = [...told].flatMap(([wave, names]) => {
    const child = children.get(waveWorkflowId(input.plan.cluster, wave));
    return child === undefined ? [] : [child.signal(nodesReadySignal, { nodes: [...names] })];
  });
  await Promise.allSettled(signals);
}
