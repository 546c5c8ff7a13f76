import type { WorkflowHandle } from '@temporalio/client';
import type { ApplyStatus, StepStatus } from '../../model/status/status.js';
import { applyStatusQuery, resolveUpdate } from '../../workflows/contract/message-definitions.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import type { ResolveInput } from '../../model/messages.js';
import type { applyPlan } from '../../workflows/index.js';
import type { SimulatedRehearsal } from './simulated-worker.js';

/** The newest run that holds, or held, the lock of the cluster. */
export function lockOf(rehearsal: SimulatedRehearsal): WorkflowHandle<typeof applyPlan> {
  return rehearsal.client.getHandle<typeof applyPlan>(applyWorkflowId(rehearsal.cluster));
}

export async function statusOf(rehearsal: SimulatedRehearsal): Promise<ApplyStatus> {
  return lockOf(rehearsal).query(applyStatusQuery);
}

/** The steps that wait for a person; none while the run has not begun. */
export async function parkedOf(rehearsal: SimulatedRehearsal): Promise<readonly StepStatus[]> {
  return statusOf(rehearsal).then(
    ({ parked }) => parked,
    () => [],
  );
}

/** Lets time pass until these steps, and no others, wait for a person. */
export async function untilParked(rehearsal: SimulatedRehearsal, ...steps: readonly string[]): Promise<void> {
  const names = async () => (await parkedOf(rehearsal)).map(({ step }) => step).toSorted();
  await rehearsal.passTime(async () => (await names()).join() === steps.toSorted().join(), '10 seconds');
}

/** Answers a parked step. */
export async function resolve(
  rehearsal: SimulatedRehearsal,
  answer: Pick<ResolveInput, 'step' | 'action'> & Partial<ResolveInput>,
) {
  return lockOf(rehearsal).executeUpdate(resolveUpdate, {
    args: [{ reason: 'of the test', by: 'kim', ...answer }],
  });
}
