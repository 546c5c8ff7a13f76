import { proxyActivities } from '@temporalio/workflow';
import type { DrainActivities } from '../../activities/removal/drain.js';
import type { FencingActivities } from '../../activities/removal/fencing.js';
import type { TearDownActivities } from '../../activities/removal/tear-down.js';
import type { RemoveUnitActivities } from '../../activities/units/remove-unit.js';
import { parseStep } from '../../model/names/parse-step.js';
import { planReference } from '../../model/plan/plan-skeleton.js';
import type { PlannedNode } from '../../model/plan/plan.js';
import { residueText } from '../../model/facts/residue.js';
import { networkPartOf, residueStep, type StepId } from '../../model/steps.js';
import { workflowFailure } from '../workflow-failure.js';
import { activityOptions } from '../step/activity-options.js';
import { runByNeeds } from '../step/run-by-needs.js';
import { runStep } from '../step/run-step.js';
import { Skipped } from '../step/step-outcomes.js';
import { setStepStatus, type Steps } from '../step/steps.js';
import type { PlanRun } from './plan-run.js';

/**
 * Takes away what goes for good, each step as soon as what it needs is done. What a person skips stays, and so does what needs
 * it: the host of a node that was not drained does not go.
 */
export async function removeWhatGoes(run: PlanRun): Promise<void> {
  const going = run.now.plan.removals?.steps ?? [];
  const staying = new Set<StepId>();
  await runByNeeds(going, async (step) => {
    const skipped = going.find((each) => each.step === step)?.needs.find((need) => staying.has(need));
    if (skipped !== undefined) leaveOut(run.steps, step, skipped);
    const isDone =
      skipped === undefined && (await unlessSkipped(() => runStep(run.steps, step, () => remove(step, run))));
    if (!isDone) staying.add(step);
  });
}

function leaveOut(steps: Steps, step: StepId, skipped: StepId): void {
  const reason = `needs ${skipped}, which was skipped`;
  setStepStatus(steps, { step, state: 'skipped', note: reason });
  steps.skipped.push({ step, reason, by: 'groundswell' });
}

/** Looks for what is left of a cluster that ended. What is ours parks; what is not is told. */
export async function findResidue(run: PlanRun): Promise<void> {
  await unlessSkipped(async () => {
    const { residue } = await runStep(run.steps, residueStep, () =>
      long.findResidue.executeWithOptions({ summary: residueStep }, [{ plan: planReference(run.now.plan) }]),
    );
    run.residueSeen(residue.map(residueText));
  });
}

function remove(step: StepId, run: PlanRun): Promise<{ readonly changed: boolean }> {
  const options = { summary: step };
  const plan = planReference(run.now.plan);
  const { confirmed = [] } = run.input.wishes ?? {};
  const parsed = parseStep(step);
  if (parsed?.stage === 'removals') {
    return long.removeUnit.executeWithOptions(options, [{ plan, unit: parsed.unit, confirmed }]);
  }
  if (parsed?.stage === 'network') {
    return long.removeNetworkPart.executeWithOptions(options, [{ plan, part: networkPartOf(parsed) }]);
  }
  if (parsed?.stage !== 'nodes') throw workflowFailure('PlanMissing', `${step}: is no step that removes anything`);
  const node = leavingNode(run, parsed.node);
  if (parsed.part === 'ended') return long.endHost.executeWithOptions(options, [{ plan, node }]);
  if (parsed.part === 'drained') return long.drainNode.executeWithOptions(options, [{ plan, node, confirmed }]);
  return long.fenceNode.executeWithOptions(options, [{ plan, node, confirmed }]);
}

function leavingNode({ now: { plan } }: PlanRun, name: string): PlannedNode {
  const node = plan.removals?.nodes.find((each) => each.name === name);
  if (node !== undefined) return node;
  throw workflowFailure('PlanMissing', `plan ${plan.digest}: it removes no node ${name}`);
}

/** Whether it was done; not where a person skipped it. */
async function unlessSkipped(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    return false;
  }
}

const long = proxyActivities<DrainActivities & FencingActivities & TearDownActivities & RemoveUnitActivities>(
  activityOptions.long,
);
