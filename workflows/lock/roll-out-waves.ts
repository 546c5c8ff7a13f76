import type { PlannedUnit } from '../../model/plan/plan.js';
import { planReference } from '../../model/plan/plan-skeleton.js';
import type { Application } from './application.js';
import { nodesReadySignal, nodeSkippedSignal } from '../contract/messages.js';
import { waveWorkflowId } from '../../model/names/workflow-ids.js';
import { Stopped } from '../failures.js';
import { rollOutWave } from '../roll-out-wave.js';
import { runChild } from './run-child.js';
import { nodesOf } from './tell-waves.js';

/**
 * Rolls the waves out one after another: the next begins when the gate of the one before holds. Goes by the plan that the
 * run goes by at that moment: where a plan was approved in place of a stale one, its units count.
 */
export async function rollOutWaves(application: Application): Promise<void> {
  for (const { wave } of openUnits(application)) application.waveStates.set(wave, 'not begun');
  for (;;) {
    const open = openUnits(application);
    if (open.length === 0) return;
    const wave = Math.min(...open.map((unit) => unit.wave));
    if (application.steps.stopping) throw new Stopped(`stopped before wave ${wave}`);
    await rollOutOne(application, { wave, names: open.filter((unit) => unit.wave === wave).map(({ name }) => name) });
  }
}

/** Units that the plan changes, and that this run has not brought to their end by it. */
export function openUnits({ plan, endedUnits }: Application): readonly PlannedUnit[] {
  return plan.units
    .filter(({ op, name, digest }) => op !== 'none' && endedUnits.get(name) !== digest)
    .toSorted((a, b) => a.wave - b.wave);
}

interface Wave {
  readonly wave: number;
  /** Names of its units that this run rolls out. */
  readonly names: readonly string[];
}

async function rollOutOne(application: Application, { wave, names }: Wave): Promise<void> {
  const units = (): readonly PlannedUnit[] => application.plan.units.filter(({ name }) => names.includes(name));
  const known = { ready: new Set<string>(), skipped: new Set<string>() };
  await runChild(application, {
    title: `wave ${wave}`,
    workflowId: waveWorkflowId(application.plan.cluster, wave),
    workflow: rollOutWave,
    input: (parent) => {
      for (const node of application.readyNodes) known.ready.add(node);
      for (const node of application.skippedNodes) known.skipped.add(node);
      return {
        plan: planReference(application.plan),
        wave,
        units: units().map((unit) => ({ ...unit, nodes: nodesOf(application.plan, unit) })),
        parent,
        readyNodes: [...known.ready],
        skippedNodes: [...known.skipped],
        paused: application.steps.paused,
      };
    },
    state: (state) => application.waveStates.set(wave, state),
    // nodes may have become Ready between the making of the input and the start
    started: async (child) => {
      const ready = [...application.readyNodes].filter((node) => !known.ready.has(node));
      const skipped = [...application.skippedNodes].filter((node) => !known.skipped.has(node));
      await Promise.all([
        ...(ready.length === 0 ? [] : [child.signal(nodesReadySignal, { nodes: ready })]),
        ...skipped.map((node) => child.signal(nodeSkippedSignal, { node })),
      ]);
    },
  });
  for (const { name, digest } of units()) application.endedUnits.set(name, digest);
}
