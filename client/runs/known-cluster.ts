import type { Client } from '@temporalio/client';
import { applyWorkflowId, parseWorkflowId } from '../../model/names/workflow-ids.js';
import { ofWorkflow, workflowNames } from '../../model/names/workflow-names.js';
import { RolloutError } from '../../model/rollout-error.js';
import { describeRun } from './describe-run.js';
import { openFrontDoors } from './front-doors.js';

/** How many of the newest runs are searched for names, and how many names an error lists. */
const mostRuns = 500;
const mostNamed = 10;

/**
 * Refuses a cluster that the server does not know, because a misspelt name would look like a cluster without runs.
 * Fails with `NothingRuns`.
 */
export async function requireKnownCluster(client: Client, cluster: string): Promise<void> {
  if ((await describeRun(client, { workflowId: applyWorkflowId(cluster) })) !== undefined) return;
  const doors = await openFrontDoors(client);
  if (doors.some((door) => door.cluster === cluster)) return;
  const known = await clustersOnRecord(client);
  const more = known.length > mostNamed ? ', …' : '';
  const found = known.length === 0 ? 'none' : `${known.slice(0, mostNamed).join(', ')}${more}`;
  throw new RolloutError('NothingRuns', `cluster ${cluster}: the server knows no roll-out of it; it knows: ${found}`);
}

async function clustersOnRecord(client: Client): Promise<readonly string[]> {
  const found = new Set<string>();
  let looked = 0;
  for await (const { workflowId } of client.workflow.list({ query: ofWorkflow(workflowNames.applyPlan) })) {
    const workflow = parseWorkflowId(workflowId);
    if (workflow?.kind === 'lock') found.add(workflow.cluster);
    looked += 1;
    if (looked === mostRuns) break;
  }
  return [...found].sort();
}
