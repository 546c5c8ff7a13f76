import type { Client } from '@temporalio/client';
import type { AnsibleRun } from '../../model/artifacts/ansible-run.js';
import { nodeWorkflowId, parseWorkflowId } from '../../model/names/workflow-ids.js';
import { ofWorkflow, workflowNames } from '../../model/names/workflow-names.js';
import { describeRun } from '../runs/describe-run.js';
import { readArtifact, type ArtifactSource } from '../read-artifact.js';
import { runsInHistory } from './runs-in-history.js';

/** `ansibleRunsOf` reads only this many newest roll-outs of a node. */
const mostWorkflowRuns = 20;

/** Every Ansible run on a node in the histories of the server, oldest first. */
export async function ansibleRunsOf(client: Client, cluster: string, node: string): Promise<readonly AnsibleRun[]> {
  const workflowId = nodeWorkflowId(cluster, node);
  const runIds = await workflowRunsOf(client, workflowId);
  const found = await Promise.all(
    runIds.map(async (runId) => {
      // an activity that ends between the two requests is still pending, and has its end in the history too: the end
      // counts
      const description = await describeRun(client, { workflowId, runId });
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const open = description?.status.name === 'RUNNING';
      return runsInHistory({ runId, open, events: events ?? [], pending: description?.raw.pendingActivities ?? [] });
    }),
  );
  return found.flat();
}

/**
 * Ids of the runs of one workflow, oldest first. The server's list lacks a run that has just begun, but a description
 * has it.
 */
async function workflowRunsOf(client: Client, workflowId: string): Promise<readonly string[]> {
  const newest = await describeRun(client, { workflowId });
  if (newest === undefined) return [];
  const started = new Map([[newest.runId, newest.startTime.getTime()]]);
  for await (const { runId, startTime } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    started.set(runId, startTime.getTime());
    if (started.size >= mostWorkflowRuns) break;
  }
  return [...started].sort(([, a], [, b]) => a - b).map(([runId]) => runId);
}

/** Names of the nodes of a cluster for which the server has a history of a roll-out. */
export async function nodesOnRecord(client: Client, cluster: string): Promise<readonly string[]> {
  const nodes = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query: ofWorkflow(workflowNames.rollOutNode) })) {
    const workflow = parseWorkflowId(workflowId);
    if (workflow?.kind === 'node' && workflow.cluster === cluster) nodes.add(workflow.node);
  }
  return [...nodes].sort();
}

/**
 * Reads the log of a run, or its beginning while it grows. Returns `undefined` when nobody has a log. Fails as
 * `readArtifact` does.
 */
export async function logOf(source: ArtifactSource, { state, log, logName }: AnsibleRun): Promise<string | undefined> {
  if (state === 'waiting') return undefined;
  return readArtifact(source, log === undefined ? { growingLog: logName } : { log });
}
