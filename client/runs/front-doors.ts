import type { Client } from '@temporalio/client';
import { frontDoorNames, ofWorkflow } from '../../model/names/workflow-names.js';
import type { FrontDoorSnapshot } from '../../model/status/status-snapshot.js';
import { frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { askStatus } from './ask-temporal.js';

/** An open front door in the server's list. */
export interface OpenFrontDoor {
  readonly id: string;
  readonly runId: string;
  readonly startedAtMs: number;
  /** Absent until the front door has made its plan. */
  readonly cluster?: string;
  readonly planDigest?: string;
}

/** Every open front door, oldest first. */
export async function openFrontDoors(client: Client): Promise<readonly OpenFrontDoor[]> {
  const found: OpenFrontDoor[] = [];
  const list = client.workflow.list({
    query: `${ofWorkflow(...frontDoorNames)} AND ExecutionStatus = 'Running'`,
  });
  for await (const { workflowId, runId, startTime, memo } of list) {
    const cluster = memo?.['cluster'];
    const planDigest = memo?.['planDigest'];
    found.push({
      id: workflowId,
      runId,
      startedAtMs: startTime.getTime(),
      ...(typeof cluster === 'string' ? { cluster } : {}),
      ...(typeof planDigest === 'string' ? { planDigest } : {}),
    });
  }
  return found.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
}

/** The open front doors of one cluster, and those that have no plan yet, oldest first. */
export async function openFrontDoorsOf(client: Client, cluster: string): Promise<readonly OpenFrontDoor[]> {
  const open = await openFrontDoors(client);
  return open.filter((door) => door.cluster === undefined || door.cluster === cluster);
}

/**
 * The same front doors in the form of a snapshot, with their status if `ask` is true.
 * Fails with `WorkerUnreachable` when `ask` is true and no worker answers.
 */
export async function frontDoorsOf(
  client: Client,
  cluster: string,
  { ask }: { readonly ask: boolean },
): Promise<readonly FrontDoorSnapshot[]> {
  const ours = await openFrontDoorsOf(client, cluster);
  return Promise.all(
    ours.map(async ({ id, runId }) => {
      const { status } = ask ? await askStatus(client, { workflowId: id, runId }, frontDoorStatusQuery) : {};
      return { id, ...(status === undefined ? {} : { status }) };
    }),
  );
}
