import { referenceOf, type Application } from './application.js';
import { nodesReadySignal, nodeSkippedSignal, waveWorkflowId } from './contract.js';
import { Stopped } from './failures.js';
import { rollOutWave } from './roll-out-wave.js';
import { runChild } from './run-child.js';
import { nodesOf } from './tell-waves.js';

/** Rolls the waves out one after another: the next begins when the gate of the one before holds. */
export async function rollOutWaves(application: Application): Promise<void> {
  const { plan } = application.input;
  const units = plan.units.filter(({ op }) => op !== 'none');
  const waves = [...new Set(units.map(({ wave }) => wave))].sort((a, b) => a - b);
  for (const wave of waves) application.waveStates.set(wave, 'not begun');

  for (const wave of waves) {
    if (application.steps.stopping) throw new Stopped(`stopped before wave ${wave}`);
    const known = { ready: new Set<string>(), skipped: new Set<string>() };
    await runChild(application, {
      title: `wave ${wave}`,
      workflowId: waveWorkflowId(plan.cluster, wave),
      workflow: rollOutWave,
      input: (parent) => {
        for (const node of application.readyNodes) known.ready.add(node);
        for (const node of application.skippedNodes) known.skipped.add(node);
        return {
          plan: referenceOf(application.plan),
          wave,
          units: units.filter((unit) => unit.wave === wave).map((unit) => ({ ...unit, nodes: nodesOf(plan, unit) })),
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
  }
}
