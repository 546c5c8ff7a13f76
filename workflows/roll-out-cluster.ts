import { proxyActivities } from '@temporalio/workflow';
import type { LockActivities } from '../activities/lock/lock.js';
import type { PlanningActivities } from '../activities/planning/planning.js';
import { activityOptions } from './step/activity-options.js';
import type { RollOutClusterInput, RollOutClusterResult } from './contract/inputs.js';
import { failingWithCause } from './failures.js';
import { openFrontDoor } from './front-door/front-door.js';
import { parseRollOutInput, wishesOf } from './front-door/parse-input.js';
import { refuseHeldElsewhere, refuseUnconfirmedLoss } from './refusals.js';
import { takeLock } from './front-door/take-lock.js';

/**
 * The front door: rolls a cluster out from whatever exists to what the spec wants. Start it with any id; `{}` is valid.
 *
 * It holds nothing while it waits for a person or for another run. After both it plans again, because the world may
 * have moved. An empty plan ends the run; a plan with another digest needs a new approval.
 */
export function rollOutCluster(given?: RollOutClusterInput): Promise<RollOutClusterResult> {
  return failingWithCause(async () => {
    const input = parseRollOutInput(given);
    const wishes = wishesOf(input);
    const door = openFrontDoor(input);
    const spec = await probe.loadSpec(input);
    const attributes = await probe.knownSearchAttributes();

    for (;;) {
      const plan = await door.makePlan((before) => mutate.makePlan({ ...spec, ...wishes, ...before }));
      door.show(plan, attributes);
      refuseUnconfirmedLoss(plan, input);
      const changes = plan.changes > 0;
      if (!changes && input.verify !== true) return door.end(plan, { outcome: 'nothing to do', changes: 0 });
      if (changes) refuseHeldElsewhere(plan, input);

      const asks = spec.approval === 'required' || plan.destroys !== undefined;
      if (changes && asks && !door.isApproved(plan)) {
        const answer = await door.waitForApproval(plan);
        if (answer !== 'approved') return door.end(plan, { outcome: answer, changes: 0 });
        continue;
      }
      const approved = spec.approval === 'none' || input.approve === true;
      const lock = await takeLock(door, {
        plan,
        spec,
        wishes,
        approved,
        searchAttributes: attributes,
        ...door.origin(),
      });
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
