import { proxyActivities } from '@temporalio/workflow';
import type { PlanningActivities } from '../activities/planning/planning.js';
import { activityOptions } from './step/activity-options.js';
import type { PlanClusterInput } from './contract/inputs.js';
import type { PlanSkeleton } from '../model/plan/plan-skeleton.js';
import { failingWithCause } from './failures.js';
import { parsePlanInput } from './front-door/parse-input.js';

/** Looks at the world and returns what `rollOutCluster` would do. Changes nothing; runs beside anything. */
export async function planCluster(given?: PlanClusterInput): Promise<PlanSkeleton> {
  return failingWithCause(async () => {
    const spec = await probe.loadSpec(parsePlanInput(given));
    return mutate.makePlan(spec);
  });
}

const probe = proxyActivities<PlanningActivities>(activityOptions.probe);
const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
