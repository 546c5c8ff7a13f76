import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { WaveActivities } from '../activities/units/waves.js';
import type { PlannedUnit } from '../model/plan/plan.js';
import { unitStep, type StepId } from '../model/steps.js';
import { activityOptions } from './step/activity-options.js';
import { childResult, createChildSteps } from './step/child-steps.js';
import { amendedSignal, nodesReadySignal, nodeSkippedSignal, waveStatusQuery } from './contract/messages.js';
import type { ChildResult, RollOutWaveInput } from './contract/inputs.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';
import { Skipped, Stopped, rethrowMostSevere } from './step/step-outcomes.js';
import { runStep } from './step/run-step.js';
import { setStepStatus, type Steps } from './step/steps.js';

/** A unit that waits for more nodes names the first three. */
const mostNames = 6;

/** Applies the units of one wave side by side, each as soon as its own nodes are Ready, and holds the gate of the wave. */
export async function rollOutWave(input: RollOutWaveInput): Promise<ChildResult> {
  const { wave } = input;
  const nodes = { ready: new Set(input.readyNodes), skipped: new Set(input.skippedNodes) };
  const gates = new Set<CancellationScope>();
  // another plan, where a person approved one
  const targets = new Map<string, UnitTarget>(input.units.map((unit) => [unit.name, { plan: input.plan, unit }]));
  const steps = createChildSteps({
    title: `wave ${wave}`,
    cluster: input.plan.cluster,
    names: input.units.map((unit) => unitStep(wave, unit.name)),
    parent: input.parent,
    paused: input.paused,
    amend: ({ plan, unit }) => {
      if (unit !== undefined) targets.set(unit.name, { plan, unit });
    },
  });
  const missing = (unit: PlannedUnit): readonly string[] => unit.nodes.filter((node) => !nodes.ready.has(node));
  const lost = (unit: PlannedUnit): readonly string[] => unit.nodes.filter((node) => nodes.skipped.has(node));
  const showWaiting = (): void => {
    for (const unit of input.units) {
      const step = unitStep(wave, unit.name);
      const begun = !['not begun', 'waiting'].includes(steps.statuses.get(step)?.state ?? '');
      if (begun || missing(unit).length === 0) continue;
      setStepStatus(steps, { step, state: 'waiting', note: waitsFor(missing(unit)) });
    }
  };
  setHandler(nodesReadySignal, ({ nodes: names }) => {
    for (const name of names) nodes.ready.add(name);
    showWaiting();
  });
  setHandler(amendedSignal, ({ plan, units }) => {
    for (const unit of units) targets.set(unit.name, { plan, unit });
  });
  setHandler(nodeSkippedSignal, ({ node }) => {
    nodes.skipped.add(node);
    // a gate of an earlier build went on waiting for its pods; replay-tested: 2026-11-28
    const open = gates.size > 0 && patched('gates-hear-of-skipped-nodes') ? [...gates] : [];
    for (const gate of open) gate.cancel();
  });
  setHandler(waveStatusQuery, () => ({ wave, steps: [...steps.statuses.values()] }));

  /** Begins anew when a node is given up meanwhile: its pods do not count any more. */
  const holdGate = async (target: UnitTarget, step: StepId): Promise<void> => {
    const gate = new CancellationScope();
    const skippedNodes = [...nodes.skipped];
    const wanted = { ...target, ...(skippedNodes.length === 0 ? {} : { skippedNodes }) };
    gates.add(gate);
    try {
      await gate.run(() => long.waitForUnit.executeWithOptions({ summary: `gate of ${step}` }, [wanted]));
    } catch (error) {
      const isAlone = !CancellationScope.current().consideredCancelled;
      if (!isCancellation(error) || !gate.consideredCancelled || !isAlone) throw error;
      await holdGate(target, step);
    } finally {
      gates.delete(gate);
    }
  };

  const rollOutUnit = async (unit: PlannedUnit): Promise<void> => {
    const step = unitStep(wave, unit.name);
    showWaiting();
    await condition(() => missing(unit).length === 0 || lost(unit).length > 0 || steps.stopping);
    if (steps.stopping) throw new Stopped(`stopped before ${step}`);
    if (lost(unit).length > 0) {
      skipUnit(steps, unit, lost(unit));
      return;
    }
    const newest = (): UnitTarget => targets.get(unit.name) ?? { plan: input.plan, unit };
    let target = newest();
    const rollOut = async () => {
      target = newest();
      const applied = await mutate.applyUnit.executeWithOptions({ summary: `apply ${step}` }, [target]);
      await holdGate(target, step);
      return applied;
    };
    do {
      await runStep(steps, step, rollOut).catch(goOnWhenSkipped);
    } while (newest().unit.digest !== target.unit.digest);
  };

  return childResult(steps, async () => {
    rethrowMostSevere(await Promise.allSettled(input.units.map(rollOutUnit)));
  });
}

/** A unit by the plan whose objects it gets. */
interface UnitTarget {
  readonly plan: PlanReference;
  readonly unit: PlannedUnit;
}

/** `waits for k8s-redis, k8s-redis-2, k8s-redis-3 and 74 more nodes`: one status tells of all units of a wave. */
function waitsFor(nodes: readonly string[]): string {
  if (nodes.length <= mostNames) return `waits for ${nodes.join(', ')}`;
  return `waits for ${nodes.slice(0, 3).join(', ')} and ${nodes.length - 3} more nodes`;
}

/** A unit whose node was skipped cannot run: it is skipped too, so that later waves do not wait for ever. */
function skipUnit(steps: Steps, unit: PlannedUnit, nodes: readonly string[]): void {
  const step = unitStep(unit.wave, unit.name);
  const reason = `needs ${nodes.join(', ')}, which a person skipped`;
  setStepStatus(steps, { step, state: 'skipped', note: reason });
  steps.skipped.push({ step, reason, by: 'groundswell' });
}

function goOnWhenSkipped(error: unknown): void {
  if (!(error instanceof Skipped)) throw error;
}

const mutate = proxyActivities<WaveActivities>(activityOptions.mutate);
const long = proxyActivities<WaveActivities>(activityOptions.long);
