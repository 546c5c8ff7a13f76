import { proxyActivities, upsertMemo } from '@temporalio/workflow';
import type { DifferenceActivities } from '../activities/planning/find-differences.js';
import type { PlanningActivities } from '../activities/planning/planning.js';
import { planReference } from '../model/plan/plan-skeleton.js';
import { differencesText, driftVerdict, type DriftReport } from '../model/status/drift.js';
import type { CheckDriftInput } from './contract/inputs.js';
import { parseDriftInput } from './front-door/parse-input.js';
import { setSearchAttributes } from './search-attributes.js';
import { activityOptions } from './step/activity-options.js';
import { showDetails } from './step/progress.js';
import { retryFailures } from './step/retry-failures.js';
import { failingWithCause } from './workflow-failure.js';

/**
 * Compares a cluster with its spec, and tells what differs. Changes nothing and makes nothing, not even a worker secret; runs
 * beside anything, and is made to be run by a schedule. It fails where the cluster cannot be seen: then nobody knows.
 */
export function checkDrift(given?: CheckDriftInput): Promise<DriftReport> {
  return failingWithCause(async () => {
    const spec = await probe.loadSpec(parseDriftInput(given));
    const { cluster } = spec;
    const known = await probe.knownSearchAttributes();
    setSearchAttributes(known, { GroundswellCluster: cluster, GroundswellDrift: 'unknown' });
    upsertMemo({ cluster });

    const plan = await retryFailures(() => mutate.makePlan({ ...spec, onlyLooks: true }), {
      stopping: () => false,
      waiting: ({ message }) => {
        showDetails(`**${cluster}**: tries again: ${message}`);
      },
    });
    const found = await probe.findDifferences({ plan: planReference(plan) });

    const verdict = driftVerdict(found);
    setSearchAttributes(known, { GroundswellDrift: verdict });
    // a metric that counted what a roll-out is about to end would call people for nothing
    if (verdict !== 'applying') upsertMemo({ differences: found.count });
    showDetails(`**${cluster}: ${differencesText(found.count)}**`);
    const heldBy = plan.heldBy === undefined ? {} : { heldBy: plan.heldBy };
    return { cluster, checkedAt: new Date().toISOString(), ...found, ...heldBy, planDigest: plan.digest };
  });
}

const probe = proxyActivities<PlanningActivities & DifferenceActivities>(activityOptions.probe);
const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
