import type { PlannedUnit } from '../../model/plan/plan.js';
import { planReference } from '../../model/plan/plan-skeleton.js';
import type { PlanRun } from './plan-run.js';
import { openUnits } from './run-state.js';
import { nodesReadySignal, nodeSkippedSignal } from '../contract/message-definitions.js';
import { waveWorkflowId } from '../../model/names/workflow-ids.js';
import { Stopped } from '../step/step-outcomes.js';
import { rollOutWave } from '../roll-out-wave.js';
import { runChild } from './run-child.js';
import { nodesOf } from './tell-waves.js';

/**
 * Rolls the waves out one after another: the next begins when the gate of the one before holds. Uses the plan that is
 * valid at that moment. After the approval of a plan in place of a stale one, the units of the new plan count.
 */
export async function rollOutWavesInOrder(run: PlanRun): Promise<void> {
  for (const { wave } of openUnits(run.now)) run.waveIs(wave, 'not begun');
  for (;;) {
    const open = openUnits(run.now);
    if (open.length === 0) return;
    const wave = Math.min(...open.map((unit) => unit.wave));
    if (run.steps.stopping) throw new Stopped(`stopped before wave ${wave}`);
    await rollOutOne(run, { wave, names: open.filter((unit) => unit.wave === wave).map(({ name }) => name) });
  }
}

interface Wave {
  readonly wave: number;
  /** Names of its units that this run rolls out. */
  readonly names: readonly string[];
}

async function rollOutOne(run: PlanRun, { wave, names }: Wave): Promise<void> {
  const units = (): readonly PlannedUnit[] => run.now.plan.units.filter(({ name }) => names.includes(name));
  const known = { ready: new Set<string>(), skipped: new Set<string>() };
  await runChild(run, {
    title: `wave ${wave}`,
    workflowId: waveWorkflowId(run.now.plan.cluster, wave),
    workflow: rollOutWave,
    input: (parent) => {
      for (const node of run.now.readyNodes) known.ready.add(node);
      for (const node of run.now.skippedNodes) known.skipped.add(node);
      return {
        plan: planReference(run.now.plan),
        wave,
        units: units().map((unit) => ({ ...unit, nodes: nodesOf(run.now.plan, unit) })),
        parent,
        readyNodes: [...known.ready],
        skippedNodes: [...known.skipped],
        paused: run.steps.paused,
      };
    },
    state: (state) => {
      run.waveIs(wave, state);
    },
    // nodes may have become Ready between the making of the input and the start
    started: async (child) => {
      const ready = [...run.now.readyNodes].filter((node) => !known.ready.has(node));
      const skipped = [...run.now.skippedNodes].filter((node) => !known.skipped.has(node));
      await Promise.all([
        ...(ready.length === 0 ? [] : [child.signal(nodesReadySignal, { nodes: ready })]),
        ...skipped.map((node) => child.signal(nodeSkippedSignal, { node })),
      ]);
    },
  });
  run.unitsEnded(units());
}
