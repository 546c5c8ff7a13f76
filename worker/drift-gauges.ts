import { Client } from '@temporalio/client';
import { Runtime, type NativeConnection } from '@temporalio/worker';
import { ofWorkflow, workflowNames } from '../model/names/workflow-names.js';
import { lookAgainAndAgain, type Looking } from './look-again-and-again.js';

const query = `${ofWorkflow(workflowNames.checkDrift)} AND ExecutionStatus = 'Completed'`;
/** Checks that are read in one look, the newest first: those of every cluster within some intervals. */
const mostChecks = 200;

/**
 * Keeps two gauges of each cluster current, by its newest check for drift that ended well: how many things differed, and when
 * that was. A check that failed, or met a roll-out at work, says nothing of drift and does not count. So the time tells how old
 * the number is. Asks the server at once and every 15 seconds, because any worker may have made the check.
 */
export function gaugeDrift(connection: NativeConnection, namespace: string): Looking {
  const { workflow } = new Client({ connection, namespace });
  const meter = Runtime.instance().metricMeter;
  const gauge = (name: string, description: string) => meter.createGauge(name, 'int', undefined, description);
  const differences = gauge('groundswell_drift_differences', 'things that differed from the spec at the last check');
  const checkedAt = gauge('groundswell_drift_checked_timestamp_seconds', 'time of that check, in Unix seconds');
  return lookAgainAndAgain(async () => {
    const seen = new Set<string>();
    let looked = 0;
    for await (const { memo, closeTime } of workflow.list({ query })) {
      looked += 1;
      const cluster = memo?.['cluster'];
      const found = memo?.['differences'];
      if (typeof cluster === 'string' && typeof found === 'number' && closeTime !== undefined && !seen.has(cluster)) {
        seen.add(cluster);
        differences.set(found, { cluster });
        checkedAt.set(Math.floor(closeTime.getTime() / 1_000), { cluster });
      }
      if (looked === mostChecks) return;
    }
  });
}
