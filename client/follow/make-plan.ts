import { workflowNames } from '../../model/names/workflow-names.js';
import type { Plan } from '../../model/plan/plan.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { PlanClusterInput } from '../../workflows/contract/inputs.js';
import { readPlan } from '../read-plan.js';
import type { Session } from '../session.js';
import { runAndTell } from './run-and-tell.js';

/** A plan that was made to be looked at. */
export interface MadePlan {
  readonly plan: Plan;
  readonly skeleton: PlanSkeleton;
}

/** Asks a worker for a plan of a cluster, and waits for it. Fails as planning fails, and with `WorkerUnreachable`. */
export async function makePlan(session: Session, cluster: string, input: PlanClusterInput): Promise<MadePlan> {
  const skeleton = await runAndTell<PlanClusterInput, PlanSkeleton>(session, {
    ...{ workflow: workflowNames.planCluster, noun: 'plan', doing: 'planning' },
    ...{ cluster, input },
  });
  const client = await session.connect();
  return { skeleton, plan: await readPlan({ target: await session.target(), client }, skeleton) };
}
