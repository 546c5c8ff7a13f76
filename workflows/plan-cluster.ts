import { proxyActivities } from '@temporalio/workflow';
import type { PlanningActivities } from '../activities/planning/planning.js';
import { activityOptions } from './step/activity-options.js';
import type { PlanClusterInput } from './contract/inputs.js';
import type { PlanSkeleton } from '../model/plan/plan-skeleton.js';
import { failingWithCause } from './workflow-failure.js';
import { parsePlanInput, wishesOf } from './front-door/parse-input.js';

/** Looks at the world and returns what `rollOutCluster` would do, or `tearDownCluster` with `down`. Changes nothing; runs beside anything. */
export async function planCluster(given?: PlanClusterInput): Promise<PlanSkeleton> {
  return failingWithCause(async () => {
    const input = parsePlanInput(given);
    const spec = await probe.loadSpec(input);
    return input.down === true ? mutate.planTearDown(spec) : mutate.makePlan({ ...spec, ...wishesOf(input) });
  });
}

const probe = proxyActivities<PlanningActivities>(activityOptions.probe);
const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
