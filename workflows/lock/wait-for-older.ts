import { getExternalWorkflowHandle, patched, proxyActivities } from '@temporalio/workflow';
import type { LockActivities } from '../../activities/lock/lock.js';
import { parseWorkflowId } from '../../model/names/workflow-ids.js';
import { olderRunText } from '../../model/status/older-run.js';
import { activityOptions } from '../step/activity-options.js';
import type { PlanRun } from './plan-run.js';
import { stopSignal } from '../contract/messages.js';

/**
 * Waits for the end of the run that has the id of a child of ours. That run belongs to an earlier run of the lock that
 * was reset or terminated. Says so meanwhile, and asks it to stop where its parent has ended: nobody else hears it, or
 * answers it.
 */
export async function waitForOlder(
  run: PlanRun,
  { title, workflowId }: { readonly title: string; readonly workflowId: string },
): Promise<void> {
  // a run of an earlier build waited in silence; replay-tested: 2026-11-28
  const said = patched('older-runs-are-told-of') ? await askToStop(run, { title, workflowId }) : undefined;
  if (said !== undefined) run.olderRunMet(workflowId, said);
  await wait.waitUntilClosed({ workflowId });
  run.olderRunEnded(workflowId);
}

async function askToStop(
  { input, now: { plan } }: PlanRun,
  { title, workflowId }: { readonly title: string; readonly workflowId: string },
): Promise<string | undefined> {
  const { runId, older } = await probe.describeHolder({ cluster: plan.cluster, child: workflowId });
  if (runId === undefined || older === undefined) return undefined;
  if (older.parentEnded) {
    const how = { by: input.by ?? 'groundswell', reason: 'the run that started it has ended' };
    // it may end by itself before it is told
    await getExternalWorkflowHandle(workflowId, runId)
      .signal(stopSignal, how)
      .catch(() => undefined);
  }
  const workflow = parseWorkflowId(workflowId);
  return olderRunText({ title, name: workflow?.kind === 'node' ? workflow.node : title }, older);
}

const probe = proxyActivities<LockActivities>(activityOptions.probe);
const wait = proxyActivities<LockActivities>(activityOptions.wait);
