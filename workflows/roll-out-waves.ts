import type { Application } from './application.js';
import { nodeReadySignal, waveWorkflowId } from './contract.js';
import { Stopped } from './failures.js';
import { rollOutWave } from './roll-out-wave.js';
import { runChild } from './run-child.js';

/** Rolls the waves out one after another: the next begins when the gate of the one before holds. */
export async function rollOutWaves(application: Application): Promise<void> {
  const { plan } = application.input;
  const units = plan.units.filter(({ op }) => op !== 'none');
  const waves = [...new Set(units.map(({ wave }) => wave))].sort((a, b) => a - b);
  for (const wave of waves) application.waveStates.set(wave, 'not begun');
  const controlPlane = plan.nodes.filter(({ role }) => role === 'control-plane').map(({ name }) => name);

  for (const wave of waves) {
    if (application.steps.stopping) throw new Stopped(`stopped before wave ${wave}`);
    const known = new Set<string>();
    await runChild(application, {
      title: `wave ${wave}`,
      workflowId: waveWorkflowId(plan.cluster, wave),
      workflow: rollOutWave,
      input: (parent) => {
        for (const node of application.readyNodes) known.add(node);
        return {
          plan: application.plan,
          wave,
          units: units
            .filter((unit) => unit.wave === wave)
            .map((unit) => ({ ...unit, nodes: [...new Set([...controlPlane, ...unit.nodes])] })),
          parent,
          readyNodes: [...known],
        };
      },
      state: (state) => application.waveStates.set(wave, state),
      // nodes may have become Ready between the making of the input and the start
      started: async (child) => {
        const late = [...application.readyNodes].filter((node) => !known.has(node));
        await Promise.all(late.map((node) => child.signal(nodeReadySignal, { node })));
      },
    });
  }
}
