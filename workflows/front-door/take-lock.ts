import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, ChildWorkflowCancellationType, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { shortDigest } from '../../model/show/show-step.js';
import { applyPlan } from '../apply-plan.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { stopSignal } from '../contract/message-definitions.js';
import type { ApplyPlanInput, ApplyPlanResult } from '../contract/inputs.js';
import type { FrontDoor } from './front-door.js';
import { passStopOn } from '../run/pass-stop-on.js';
import { searchAttributePairs } from '../search-attributes.js';

export type LockOutcome = { readonly taken: false } | { readonly taken: true; readonly result: ApplyPlanResult };

/**
 * Starts `applyPlan` under the id that is the lock of the cluster, and waits for its end.
 * `taken: false` when another run holds the lock: Temporal allows one open run of an id.
 */
export async function takeLock(door: FrontDoor, input: ApplyPlanInput): Promise<LockOutcome> {
  const { plan } = input;
  try {
    const child = await startChild(applyPlan, {
      workflowId: applyWorkflowId(plan.cluster),
      args: [input],
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: `roll out ${plan.cluster}: ${plan.changes} changes (plan ${shortDigest(plan.digest)})`,
      memo: { cluster: plan.cluster, planDigest: plan.digest, by: input.by ?? 'unknown' },
      typedSearchAttributes: searchAttributePairs(input.searchAttributes, { GroundswellCluster: plan.cluster }),
    });
    door.showApplying(plan);
    const result = CancellationScope.nonCancellable(() => child.result());
    void passStopOn(
      () => door.stopRequest(),
      (how) => child.signal(stopSignal, how),
    ).catch(() => undefined);
    return { taken: true, result: await result };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { taken: false };
    throw error;
  }
}
