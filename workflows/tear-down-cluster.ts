import { proxyActivities } from '@temporalio/workflow';
import type { LockActivities } from '../activities/lock/lock.js';
import type { PlanningActivities } from '../activities/planning/planning.js';
import { activityOptions } from './step/activity-options.js';
import type { RollOutClusterResult, TearDownClusterInput } from './contract/inputs.js';
import { failingWithCause } from './workflow-failure.js';
import { openFrontDoor } from './front-door/front-door.js';
import { parseTearDownInput } from './front-door/parse-input.js';
import { takeLock } from './front-door/take-lock.js';
import { refuseHeldElsewhere, refuseUnconfirmedEnd } from './refusals.js';

/**
 * The front door out: ends a whole cluster, whatever exists of it. The order is in `model/planner/plan-tear-down.ts`. The typed name of the cluster is the approval. It needs only
 * EC2: a dead control plane, a half-made cluster or a lost history is no obstacle. A repeat continues where the last run stopped.
 * Like the other front door, it holds nothing while it waits for a run that has the cluster. After that it plans again.
 */
export function tearDownCluster(given?: TearDownClusterInput): Promise<RollOutClusterResult> {
  return failingWithCause(async () => {
    const input = parseTearDownInput(given);
    const door = openFrontDoor(input);
    const spec = await probe.loadSpec(input);
    const attributes = await probe.knownSearchAttributes();

    for (;;) {
      const plan = await door.makePlan((before) => mutate.planTearDown({ ...spec, ...before }));
      door.show(plan, attributes);
      refuseUnconfirmedEnd(plan, input);
      if (plan.changes === 0) return door.end(plan, { outcome: 'nothing to do', changes: 0 });
      refuseHeldElsewhere(plan, input);

      const lock = await takeLock(door, { plan, spec, approved: true, searchAttributes: attributes, ...door.origin() });
      if (lock.taken) return door.end(plan, lock.result);

      const holder = await probe.describeHolder({ cluster: plan.cluster });
      await door.supersede(holder);
      await door.waitForHolder(holder, () => wait.waitUntilClosed({ workflowId: holder.workflowId }));
      if (door.stopRequest() !== undefined) return door.end(plan, { outcome: 'stopped', changes: 0 });
    }
  });
}

const probe = proxyActivities<PlanningActivities & LockActivities>(activityOptions.probe);
const mutate = proxyActivities<PlanningActivities>(activityOptions.mutate);
const wait = proxyActivities<LockActivities>(activityOptions.wait);
