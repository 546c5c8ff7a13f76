import { Client } from '@temporalio/client';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import { lookAgainAndAgain, type Looking } from './look-again-and-again.js';
import { parseWorkflowId } from '../model/names/workflow-ids.js';
import { ofWorkflow, workflowNames } from '../model/names/workflow-names.js';
import { parkedStepsKey } from '../workflows/contract/search-attributes.js';

const query = `${ofWorkflow(workflowNames.applyPlan)} AND ExecutionStatus = 'Running' AND ${parkedStepsKey.name} IS NOT NULL`;

/**
 * Keeps the gauge `groundswell_parked_steps` of each cluster current. Asks the server at once and every 15 seconds,
 * because a step may be parked by another worker, or since before this worker. Without our search attributes on the
 * server there is no such gauge. Counts at most 20 steps of a cluster, because the search attribute holds no more.
 */
export function gaugeParkedSteps(connection: NativeConnection, namespace: string): Looking {
  const { workflow } = new Client({ connection, namespace });
  const gauge = Runtime.instance().metricMeter.createGauge(
    'groundswell_parked_steps',
    'int',
    undefined,
    'steps of open roll-outs that wait for a person',
  );
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    const parked = new Map<string, number>();
    for await (const run of workflow.list({ query })) {
      const { cluster = run.workflowId } = parseWorkflowId(run.workflowId) ?? {};
      parked.set(cluster, run.typedSearchAttributes.get(parkedStepsKey)?.length ?? 0);
    }
    for (const cluster of parked.keys()) seen.add(cluster);
    for (const cluster of seen) gauge.set(parked.get(cluster) ?? 0, { cluster });
  };
  // without our search attributes the query fails each time
  return lookAgainAndAgain(look);
}
