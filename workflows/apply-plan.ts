import { CancellationScope, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PlanningActivities } from '../activities/planning.js';
import type { VerificationActivities } from '../activities/verification.js';
import { activityOptions } from './activity-options.js';
import { applyNetwork } from './apply-network.js';
import { createApplication, type Application } from './application.js';
import {
  applyWorkflowId,
  applyStatusQuery,
  type ApplyPlanInput,
  type ApplyPlanResult,
  type PlanReference,
  type PlanSkeleton,
} from './contract.js';
import { Aborted, endWith, failingWithCause, Stopped } from './failures.js';
import { rollOutNodes } from './roll-out-nodes.js';
import { rollOutWaves } from './roll-out-waves.js';
import { runStep } from './run-step.js';

/**
 * Carries out a frozen plan under the id `cluster/<name>`, which is the lock: network → nodes ∥ waves → verify.
 * Started by `rollOutCluster`; a start by hand without a recorded plan is refused.
 */
export async function applyPlan(input: ApplyPlanInput): Promise<ApplyPlanResult> {
  refuseStartByHand(input);
  const application = createApplication(input);
  const { steps } = application;
  setHandler(applyStatusQuery, application.status, { description: 'where the run is, and what waits for a person' });
  await failingWithCause(() => probe.confirmPlan({ plan: application.plan }));

  try {
    await CancellationScope.nonCancellable(async () => {
      await application.stage('network', () => applyNetwork(input.plan, steps));
      await application.stage('nodes and waves', () => rollOutNodesAndWaves(application));
      await application.stage('verify', () => runStep(steps, 'verify/cluster', () => verify(application.plan)));
    });
    return { outcome: 'done', changes: application.changes() };
  } catch (error) {
    if (error instanceof Stopped) return { outcome: 'stopped', changes: application.changes() };
    if (error instanceof Aborted) throw endWith('Aborted', error.message);
    throw error;
  } finally {
    await application.end();
  }
}

async function rollOutNodesAndWaves(application: Application): Promise<void> {
  const outcomes = await Promise.allSettled([rollOutNodes(application), rollOutWaves(application)]);
  const problems: readonly unknown[] = outcomes.flatMap((outcome): readonly unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  );
  if (problems.length > 0) throw problems.find((problem) => problem instanceof Aborted) ?? problems[0];
}

function verify(plan: PlanReference): Promise<{ readonly changed: boolean }> {
  return long.verifyCluster.executeWithOptions({ summary: 'verify the cluster' }, [{ plan }]);
}

function refuseStartByHand(input: Partial<ApplyPlanInput> | null | undefined): void {
  const { workflowId } = workflowInfo();
  const { cluster, digest, artifact, network, nodes, units }: Partial<PlanSkeleton> = input?.plan ?? {};
  const named = [cluster, digest, artifact].every((field) => typeof field === 'string');
  const whole = [network, nodes, units, input?.searchAttributes].every(Array.isArray);
  if (named && whole && workflowId === applyWorkflowId(cluster ?? '')) return;
  throw endWith(
    'PlanMissing',
    `workflow ${workflowId}: applyPlan carries out a plan that rollOutCluster made; start rollOutCluster`,
  );
}

const probe = proxyActivities<PlanningActivities>(activityOptions.probe);
const long = proxyActivities<VerificationActivities>(activityOptions.long);
