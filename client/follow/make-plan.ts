import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { workflowNames } from '../../model/names/workflow-names.js';
import type { Plan } from '../../model/plan/plan.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { PlanClusterInput } from '../../workflows/contract/inputs.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { Output } from '../output.js';
import { readPlan } from '../read-plan.js';
import { lastProgressOf, requireWorker } from '../runs/ask-temporal.js';
import { workflowId } from '../runs/workflow-id.js';
import type { Session } from '../session.js';

/** A plan that was made to be looked at. */
export interface MadePlan {
  readonly plan: Plan;
  readonly skeleton: PlanSkeleton;
}

/** Asks a worker for a plan of a cluster, and waits for it. Fails as planning fails, and with `WorkerUnreachable`. */
export async function makePlan(session: Session, cluster: string, input: PlanClusterInput): Promise<MadePlan> {
  const client = await session.connect();
  await requireWorker(client);
  const id = workflowId('plan', cluster);
  const handle = await client.workflow.start<(input: PlanClusterInput) => Promise<PlanSkeleton>>(
    workflowNames.planCluster,
    { workflowId: id, taskQueue, args: [input], staticSummary: `plan of ${cluster}` },
  );
  const result = handle.result();
  await tellUntilEnd(session.output, client, { id, end: result });
  const skeleton = await result;
  return { skeleton, plan: await readPlan({ target: await session.target(), client }, skeleton) };
}

/** Tells what planning waits for, as soon as it takes longer than usual: EC2 may refuse requests for half a minute. */
async function tellUntilEnd(
  output: Output,
  client: Client,
  { id, end }: { readonly id: string; readonly end: Promise<unknown> },
): Promise<void> {
  const ended = end.then(
    () => true,
    () => true,
  );
  let told: string | undefined;
  while ((await Promise.race([ended, sleep(lookEveryMs)])) !== true) {
    const doing = await lastProgressOf(client, { workflowId: id }).catch(() => undefined);
    if (doing !== undefined && doing !== told) output.note(`planning: ${doing}`);
    told = doing ?? told;
  }
}

const lookEveryMs = 3_000;
