import { CancellationScope, patched, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import type { PlanningActivities } from '../activities/planning/planning.js';
import type { VerificationActivities } from '../activities/verification.js';
import { standingOf } from '../model/status/standing.js';
import { activityOptions } from './step/activity-options.js';
import { amendStalePlans } from './lock/amend-plan.js';
import { applyNetwork } from './lock/apply-network.js';
import { createApplication, referenceOf, type Application } from './lock/application.js';
import {
  applyWorkflowId,
  applyStatusQuery,
  type ApplyPlanInput,
  type ApplyPlanResult,
  type PlanSkeleton,
} from './contract.js';
import { Aborted, endWith, failingWithCause, Skipped, Stopped, throwWorst } from './failures.js';
import { answerLockMessages } from './lock/lock-messages.js';
import { rollOutNodes } from './lock/roll-out-nodes.js';
import { openUnits, rollOutWaves } from './lock/roll-out-waves.js';
import { runStep } from './step/run-step.js';

/**
 * Carries out a frozen plan under the id `cluster/<name>`, which is the lock: network → nodes ∥ waves → verify.
 * Started by `rollOutCluster`; a start by hand without a recorded plan is refused.
 */
export async function applyPlan(input: ApplyPlanInput): Promise<ApplyPlanResult> {
  refuseStartByHand(input);
  const application = createApplication(input);
  setHandler(applyStatusQuery, application.status, { description: 'where the run is, and what waits for a person' });
  answerLockMessages(application);
  amendStalePlans(application);
  application.parked.answer();
  await failingWithCause(() => probe.confirmPlan({ plan: referenceOf(input.plan) }));

  try {
    // a run of an earlier build has no lock in the world; replay-tested: 2026-11-28
    await (input.plan.changes > 0 && patched('lock-in-world') ? application.world.take() : Promise.resolve());
    await CancellationScope.nonCancellable(async () => {
      await application.stage('network', () => applyNetwork(application));
      await application.stage('nodes and waves', () => rollOutNodesAndWaves(application));
      await application.stage('verify', () => verify(application));
    });
    return ended(application);
  } catch (error) {
    if (error instanceof Stopped) return stopped(application);
    if (error instanceof Aborted) throw endWith('Aborted', error.message);
    throw error;
  } finally {
    await application.world.leave();
    await application.end();
  }
}

async function rollOutNodesAndWaves(application: Application): Promise<void> {
  let wavesOpen = true;
  const nodes = rollOutNodes(application, () => !wavesOpen);
  const waves = rollOutWaves(application).finally(() => (wavesOpen = false));
  throwWorst(await Promise.allSettled([nodes, waves]));
  // a node, rolled out last, may have led to a plan that changes units again
  if (openUnits(application).length > 0) await rollOutNodesAndWaves(application);
}

/** What was skipped is not looked at: it is not there, and somebody said so. */
async function verify(application: Application): Promise<void> {
  const options = { summary: 'verify the cluster' };
  try {
    const { expiry } = await runStep(application.steps, 'verify/cluster', () => {
      const input = { plan: referenceOf(application.plan), skipped: application.skipped().map(({ step }) => step) };
      return long.verifyCluster.executeWithOptions(options, [input]);
    });
    application.expiry = expiry ?? application.expiry;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
  }
}

function ended(application: Application): ApplyPlanResult {
  const skipped = application.skipped();
  const changes = application.changes();
  return skipped.length === 0 ? { outcome: 'done', changes } : { outcome: 'degraded', changes, skipped };
}

function stopped(application: Application): ApplyPlanResult {
  const { stoppedBy } = application;
  const skipped = application.skipped();
  return {
    outcome: 'stopped',
    changes: application.changes(),
    standing: standingOf(application.status()),
    ...(skipped.length === 0 ? {} : { skipped }),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
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
