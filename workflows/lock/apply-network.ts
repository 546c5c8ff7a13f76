import { proxyActivities } from '@temporalio/workflow';
import { workflowFailure } from '../failures.js';
import { parseStep } from '../../model/names/parse-step.js';
import type { NetworkActivities } from '../../activities/network.js';
import { networkSteps } from '../../model/step-table.js';
import type { StepId } from '../../model/steps.js';
import { activityOptions } from '../step/activity-options.js';
import type { PlanRun } from './plan-run.js';
import { planReference, type PlanReference, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { runByNeeds, type NeedingStep } from '../step/run-by-needs.js';
import { runStep } from '../step/run-step.js';
import { setStepStatus } from '../step/steps.js';

/** Makes the network: each part as soon as what it needs is there. */
export async function applyNetwork(run: PlanRun): Promise<void> {
  const {
    steps,
    now: { plan },
  } = run;
  if (plan.network.every(({ op }) => op === 'none')) {
    for (const { step } of plan.network) setStepStatus(steps, { step, state: 'done', changed: false });
    return;
  }
  // by the plan of that moment: a stale one may have been replaced
  await runByNeeds(needingSteps(plan), (step) => runStep(steps, step, () => ensure(step, planReference(run.now.plan))));
}

/**
 * A plan of a build before 2026-11-28 does not name the needs of its steps. Then all parts wait for VPC and key pair,
 * and the routes for all other parts. May go when no run of such a build is open any more.
 */
function needingSteps({ network }: PlanSkeleton): readonly NeedingStep[] {
  const first: readonly StepId[] = ['network/vpc', 'network/key-pair'];
  return network.map(({ step, needs }) => {
    if (needs !== undefined) return { step, needs };
    if (first.includes(step)) return { step, needs: [] };
    if (step !== 'network/route-table') return { step, needs: first };
    return { step, needs: network.map((other) => other.step).filter((other) => other !== step) };
  });
}

function ensure(step: StepId, plan: PlanReference): Promise<{ readonly changed: boolean }> {
  const options = { summary: step };
  const parsed = parseStep(step);
  if (parsed?.stage !== 'network') throw workflowFailure('PlanMissing', `${step}: is no step of the network`);
  const { part } = parsed;
  if (part === 'subnet') return mutate.ensureSubnet.executeWithOptions(options, [{ plan, zone: parsed.zone }]);
  return mutate[networkSteps[part].activity].executeWithOptions(options, [{ plan }]);
}

const mutate = proxyActivities<NetworkActivities>(activityOptions.mutate);
