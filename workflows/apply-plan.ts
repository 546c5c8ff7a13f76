import { CancellationScope, patched, proxyActivities, setHandler, workflowInfo } from '@temporalio/workflow';
import { verifyStep } from '../model/steps.js';
import type { PlanningActivities } from '../activities/planning/planning.js';
import type { VerificationActivities } from '../activities/verification.js';
import { standingOf } from '../model/status/standing.js';
import type { ApplyStatus } from '../model/status/status.js';
import { activityOptions } from './step/activity-options.js';
import { amendStalePlans } from './run/amend-plan.js';
import { applyNetwork } from './run/apply-network.js';
import { answerParkedSteps } from './run/answer-parked-steps.js';
import { createPlanRun, type PlanRun } from './run/plan-run.js';
import { openUnits } from './run/run-state.js';
import { applyWorkflowId } from '../model/names/workflow-ids.js';
import { applyStatusQuery } from './contract/message-definitions.js';
import type { ApplyPlanInput, ApplyPlanResult } from './contract/inputs.js';
import { planReference, type PlanSkeleton } from '../model/plan/plan-skeleton.js';
import { workflowFailure, failingWithCause } from './workflow-failure.js';
import { Aborted, Skipped, Stopped, rethrowMostSevere } from './step/step-outcomes.js';
import { answerLockMessages } from './run/lock-messages.js';
import { findResidue, removeWhatGoes } from './run/remove-what-goes.js';
import { rollOutNodesSideBySide } from './run/nodes-side-by-side.js';
import { rollOutWavesInOrder } from './run/waves-in-order.js';
import { runStep } from './step/run-step.js';

/**
 * Carries out a frozen plan under the id `cluster/<name>`, which is the lock: network → nodes ∥ waves → verify.
 * Started by `rollOutCluster`; a start by hand without a recorded plan is refused.
 */
export async function applyPlan(input: ApplyPlanInput): Promise<ApplyPlanResult> {
  refuseStartByHand(input);
  const run = createPlanRun(input);
  setHandler(applyStatusQuery, () => run.status(), { description: 'shows the state of the run, and its parked steps' });
  answerLockMessages(run);
  amendStalePlans(run);
  answerParkedSteps(run);
  await failingWithCause(() => probe.confirmPlan({ plan: planReference(input.plan) }));

  try {
    // a run of an earlier build has no lock in the world; replay-tested: 2026-11-28
    await (input.plan.changes > 0 && patched('lock-in-world') ? run.world.take() : Promise.resolve());
    await CancellationScope.nonCancellable(async () => {
      for (const { name, act, when = () => true } of runStages) {
        if (when(run.now.plan)) await run.stage(name, () => act(run));
      }
    });
    return ended(run);
  } catch (error) {
    if (error instanceof Stopped) return stopped(run);
    if (error instanceof Aborted) throw workflowFailure('Aborted', error.message);
    throw error;
  } finally {
    await run.world.leave();
    await run.end();
  }
}

/** The stages of a run in their order. A plan that ends its cluster has nothing in the first two. */
const runStages: readonly RunStage[] = [
  { name: 'network', act: applyNetwork },
  { name: 'nodes and waves', act: rollOutNodesAndWaves },
  { name: 'removals', act: removeWhatGoes, when: ({ removals }) => removals !== undefined },
  { name: 'verify', act: verify },
];

interface RunStage {
  readonly name: ApplyStatus['stage'];
  readonly act: (run: PlanRun) => Promise<void>;
  /** Default: always. */
  readonly when?: (plan: PlanSkeleton) => boolean;
}

async function rollOutNodesAndWaves(run: PlanRun): Promise<void> {
  let wavesOpen = true;
  const nodes = rollOutNodesSideBySide(run, () => !wavesOpen);
  const waves = rollOutWavesInOrder(run).finally(() => (wavesOpen = false));
  rethrowMostSevere(await Promise.allSettled([nodes, waves]));
  // a node, rolled out last, may have led to a plan that changes units again
  if (openUnits(run.now).length > 0) await rollOutNodesAndWaves(run);
}

/** Leaves out skipped parts: they are missing, and a person has said so. */
async function verify(run: PlanRun): Promise<void> {
  if (run.now.plan.tearsDown === true) return findResidue(run);
  const options = { summary: 'verify the cluster' };
  try {
    const { expiry } = await runStep(run.steps, verifyStep, () => {
      const input = { plan: planReference(run.now.plan), skipped: run.skipped().map(({ step }) => step) };
      return long.verifyCluster.executeWithOptions(options, [input]);
    });
    run.certificateSeen(expiry);
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
  }
}

function ended(run: PlanRun): ApplyPlanResult {
  const skipped = run.skipped();
  const { left } = run.now;
  const told = { changes: run.changes(), ...amendedDigest(run), ...(left === undefined ? {} : { left }) };
  return skipped.length === 0 ? { outcome: 'done', ...told } : { outcome: 'degraded', ...told, skipped };
}

function stopped(run: PlanRun): ApplyPlanResult {
  const { stoppedBy } = run.now;
  const skipped = run.skipped();
  return {
    outcome: 'stopped',
    changes: run.changes(),
    ...amendedDigest(run),
    standing: standingOf(run.status()),
    ...(skipped.length === 0 ? {} : { skipped }),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}

function amendedDigest({ input, now }: PlanRun): Pick<ApplyPlanResult, 'planDigest'> {
  const { digest } = now.plan;
  return digest === input.plan.digest ? {} : { planDigest: digest };
}

function refuseStartByHand(input: Partial<ApplyPlanInput> | null | undefined): void {
  const { workflowId } = workflowInfo();
  const { cluster, digest, artifact, network, nodes, units }: Partial<PlanSkeleton> = input?.plan ?? {};
  const named = [cluster, digest, artifact].every((field) => typeof field === 'string');
  const whole = [network, nodes, units, input?.searchAttributes].every(Array.isArray);
  if (named && whole && workflowId === applyWorkflowId(cluster ?? '')) return;
  throw workflowFailure(
    'PlanMissing',
    `workflow ${workflowId}: applyPlan applies a plan of rollOutCluster; start rollOutCluster`,
  );
}

const probe = proxyActivities<PlanningActivities>(activityOptions.probe);
const long = proxyActivities<VerificationActivities>(activityOptions.long);
