import type { Client } from '@temporalio/client';
import { ofWorkflow, workflowNames } from '../../model/names/workflow-names.js';
import type { StepId } from '../../model/steps.js';
import { applyStatusQuery, frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { askStatus } from './ask-temporal.js';
import { openFrontDoors } from './front-doors.js';

/** A plan that waits for the approval of a person. */
export interface WaitingPlan {
  /** Id of the workflow that waits. */
  readonly id: string;
  readonly runId: string;
  readonly cluster: string;
  readonly digest: string;
  /** Reference of the stored plan. */
  readonly artifact: string;
  readonly changes: number;
  /** Time until which a front door waits. */
  readonly expiresAt?: string;
  /** Steps that differ from the previous plan. */
  readonly moved?: readonly StepId[];
  /** Whether it replaces a plan in the middle of a run, because steps of that plan are stale. */
  readonly stale: boolean;
}

/**
 * Every plan that waits: plans of front doors, and of runs with a stale plan. Leaves out broken runs, because they
 * could not hear an approval. Fails with `WorkerUnreachable`.
 */
export async function waitingPlans(client: Client): Promise<readonly WaitingPlan[]> {
  const [doors, runs] = await Promise.all([waitingDoors(client), waitingRuns(client)]);
  return [...doors, ...runs];
}

async function waitingDoors(client: Client): Promise<readonly WaitingPlan[]> {
  const doors = await openFrontDoors(client);
  const asked = await Promise.all(
    doors.map(async ({ id, runId }): Promise<readonly WaitingPlan[]> => {
      const { status } = await askStatus(client, { workflowId: id, runId }, frontDoorStatusQuery);
      if (status?.phase !== 'waiting for approval' || status.planDigest === undefined) return [];
      const { cluster = '', planDigest: digest, planArtifact: artifact = '', changes = 0, expiresAt, moved } = status;
      const more = { ...(expiresAt === undefined ? {} : { expiresAt }), ...(moved === undefined ? {} : { moved }) };
      return [{ id, runId, cluster, digest, artifact, changes, stale: false, ...more }];
    }),
  );
  return asked.flat();
}

async function waitingRuns(client: Client): Promise<readonly WaitingPlan[]> {
  const found: WaitingPlan[] = [];
  const runs = client.workflow.list({
    query: `${ofWorkflow(workflowNames.applyPlan)} AND ExecutionStatus = 'Running'`,
  });
  for await (const { workflowId: id, runId } of runs) {
    const { status } = await askStatus(client, { workflowId: id, runId }, applyStatusQuery);
    if (status?.amended === undefined) continue;
    const { digest, artifact, changes, moved } = status.amended;
    const more = moved === undefined ? {} : { moved };
    found.push({ id, runId, cluster: status.cluster, digest, artifact, changes, stale: true, ...more });
  }
  return found;
}
