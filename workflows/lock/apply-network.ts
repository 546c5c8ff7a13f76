import { proxyActivities } from '@temporalio/workflow';
import type { NetworkActivities } from '../../activities/network.js';
import { networkSteps } from '../../model/step-table.js';
import { keysOf, type StepId } from '../../model/steps.js';
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
 * A plan of a build before 2026-11-28 does not say what its steps need: everything waited for VPC and key pair, the routes for
 * everything else. May go when no run of such a build is open any more.
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
  const part = step.slice('network/'.length);
  const name = keysOf(networkSteps).find((known) => known === part) ?? 'subnet';
  const options = { summary: step };
  if (name !== 'subnet') return mutate[networkSteps[name].activity].executeWithOptions(options, [{ plan }]);
  return mutate.ensureSubnet.executeWithOptions(options, [{ plan, zone: part.slice('subnet-'.length) }]);
}

const mutate = proxyActivities<NetworkActivities>(activityOptions.mutate);
