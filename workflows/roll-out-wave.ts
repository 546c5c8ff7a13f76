import { condition, proxyActivities, setHandler } from '@temporalio/workflow';
import type { WaveActivities } from '../activities/waves.js';
import type { PlannedUnit } from '../model/plan.js';
import { unitStep } from '../model/steps.js';
import { activityOptions } from './activity-options.js';
import { childResult, createChildSteps } from './child-steps.js';
import { nodeReadySignal, waveStatusQuery, type ChildResult, type RollOutWaveInput } from './contract.js';
import { Stopped } from './failures.js';
import { mark, runStep } from './run-step.js';

/** Applies the units of one wave side by side, each as soon as its own nodes are Ready, and holds the gate of the wave. */
export async function rollOutWave(input: RollOutWaveInput): Promise<ChildResult> {
  const { plan, wave } = input;
  const ready = new Set(input.readyNodes);
  const steps = createChildSteps({
    title: `wave ${wave}`,
    cluster: plan.cluster,
    names: input.units.map((unit) => unitStep(wave, unit.name)),
    parent: input.parent,
  });
  const missing = (unit: PlannedUnit): readonly string[] => unit.nodes.filter((node) => !ready.has(node));
  const showWaiting = (): void => {
    for (const unit of input.units) {
      const step = unitStep(wave, unit.name);
      const begun = !['not begun', 'waiting'].includes(steps.statuses.get(step)?.state ?? '');
      if (begun || missing(unit).length === 0) continue;
      mark(steps, { step, state: 'waiting', note: `waits for ${missing(unit).join(', ')}` });
    }
  };
  setHandler(nodeReadySignal, ({ node }) => {
    ready.add(node);
    showWaiting();
  });
  setHandler(waveStatusQuery, () => ({ wave, steps: [...steps.statuses.values()] }));
  const rollOutUnit = async (unit: PlannedUnit): Promise<void> => {
    const step = unitStep(wave, unit.name);
    showWaiting();
    await condition(() => missing(unit).length === 0 || steps.stopping);
    if (steps.stopping) throw new Stopped(`stopped before ${step}`);
    await runStep(steps, step, async () => {
      const applied = await mutate.applyUnit.executeWithOptions({ summary: `apply ${step}` }, [{ plan, unit }]);
      await long.waitForUnit.executeWithOptions({ summary: `gate of ${step}` }, [{ plan, unit }]);
      return applied;
    });
  };

  return childResult(steps, async () => {
    const outcomes = await Promise.allSettled(input.units.map(rollOutUnit));
    const problem = outcomes.find((outcome) => outcome.status === 'rejected');
    if (problem !== undefined) throw problem.reason;
  });
}

const mutate = proxyActivities<WaveActivities>(activityOptions.mutate);
const long = proxyActivities<WaveActivities>(activityOptions.long);
