import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { planCluster } from '../../workflows/index.js';
import type { SimulatedRehearsal } from './simulated-worker.js';

/** The plan that ends the cluster, as `plan --down` has it made. */
export async function planTearDownWith({ client }: SimulatedRehearsal): Promise<PlanSkeleton> {
  const workflowId = `plan-down-${String(performance.now())}`;
  const args: Parameters<typeof planCluster> = [{ down: true }];
  return client.execute<typeof planCluster>('planCluster', { taskQueue, workflowId, args });
}
