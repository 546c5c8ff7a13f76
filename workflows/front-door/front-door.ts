import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import { isReservedWorkflowId } from '../../model/names/workflow-ids.js';
import { shortDigest } from '../../model/show/show-step.js';
import { stopSignal } from '../contract/messages.js';
import { planReference, type MakePlanInput, type PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { RollOutClusterInput, RollOutClusterResult } from '../contract/inputs.js';
import type { StopInput } from '../../model/messages.js';
import { workflowFailure } from '../failures.js';
import { retryFailures } from '../step/retry-failures.js';
import { answerFrontDoorMessages } from './front-door-messages.js';
import { showFrontDoor, type LockHolder } from './front-door-status.js';

/** What the front door does between people, planning and the lock of the cluster. */
export interface FrontDoor {
  /**
   * The person and the origin of a run, for the run that takes the lock. The person started the run, or, if nobody is
   * named, approved it.
   */
  origin(): Pick<RollOutClusterInput, 'gitSha' | 'by' | 'takeOver'>;
  /** How somebody asked it to stop; nothing when nobody did. */
  stopRequest(): StopInput | undefined;
  /** Makes a plan, which is told the one that it takes the place of; what may pass by itself is tried again. */
  makePlan(make: (before: Pick<MakePlanInput, 'before'>) => Promise<PlanSkeleton>): Promise<PlanSkeleton>;
  show(plan: PlanSkeleton, attributes: readonly string[]): void;
  isApproved(plan: PlanSkeleton): boolean;
  /** Waits until somebody approves this plan or stops the run, or until the time for it is over. */
  waitForApproval(plan: PlanSkeleton): Promise<'approved' | 'stopped' | 'expired'>;
  /** The lock is taken, and this plan is carried out. */
  showApplying(plan: PlanSkeleton): void;
  /** Asks the holder of the lock to stop, where the input says so: the first one that is met, and no other. */
  supersede(holder: LockHolder): Promise<void>;
  /** Shows who is waited for until the lock is free, or somebody stops the run. */
  waitForHolder(holder: LockHolder, lockFree: () => Promise<void>): Promise<void>;
  end(plan: PlanSkeleton, result: Omit<RollOutClusterResult, 'cluster' | 'planDigest'>): RollOutClusterResult;
}

type Origin = ReturnType<FrontDoor['origin']>;

const weekInHours = 7 * 24;

/**
 * Opens the front door: answers `status`, `approve` and `stop` from the first moment.
 * Refuses an id that begins with `cluster/`, which is the lock's own: such a run would wait for itself.
 */
export function openFrontDoor(input: RollOutClusterInput): FrontDoor {
  refuseLockId();
  const status = showFrontDoor();
  const messages = answerFrontDoorMessages(() => status.current());
  const isStopping = (): boolean => messages.stopRequest !== undefined;
  const isApproved = (plan: PlanSkeleton): boolean => messages.approved?.digest === plan.digest;
  let superseded = false;
  let planned: PlanSkeleton | undefined;

  return {
    origin: () => originOf(input, messages.approved?.by),
    stopRequest: () => messages.stopRequest,
    async makePlan(make) {
      const before = planned === undefined ? {} : { before: planReference(planned) };
      planned = await retryFailures(() => make(before), {
        stopping: isStopping,
        waiting: ({ message }) => {
          status.triesAgain(message);
        },
      });
      return planned;
    },
    show(plan, attributes) {
      status.planned(plan, attributes);
    },
    isApproved: (plan) => input.approve === true || isApproved(plan),
    async waitForApproval(plan) {
      const waitMs = (input.approvalHours ?? weekInHours) * 3_600_000;
      status.waitsForApproval(plan, new Date(Date.now() + waitMs).toISOString());
      const options = { summary: `waits for the approval of plan ${shortDigest(plan.digest)}` };
      const inTime = await CancellationScope.nonCancellable(() =>
        condition(() => isApproved(plan) || isStopping(), waitMs, options),
      );
      status.approvalEnded();
      if (isStopping()) return 'stopped';
      return inTime ? 'approved' : 'expired';
    },
    showApplying(plan) {
      status.applies(plan, messages.approved?.by);
    },
    async supersede(holder) {
      if (input.supersede !== true || superseded || holder.runId === undefined) return;
      superseded = true;
      await askToStop(holder, input.by ?? 'unknown');
    },
    async waitForHolder(holder, lockFree) {
      status.waitsForHolder(holder, superseded);
      await CancellationScope.nonCancellable(() => waitUnlessStopped(lockFree, isStopping));
    },
    end(plan, result) {
      status.ended(plan.cluster, result);
      const stoppedBy = result.outcome === 'stopped' ? (result.stoppedBy ?? messages.stopRequest) : undefined;
      const { cluster, digest: planDigest, remarks } = plan;
      const left = result.outcome === 'nothing to do' && remarks !== undefined ? { remarks } : {};
      return { cluster, planDigest, ...left, ...result, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
    },
  };
}

function originOf({ gitSha, by: starter, takeOver }: RollOutClusterInput, approver: string | undefined): Origin {
  const by = starter ?? approver;
  return {
    ...(gitSha === undefined ? {} : { gitSha }),
    ...(by === undefined ? {} : { by }),
    ...(takeOver === undefined ? {} : { takeOver }),
  };
}

async function askToStop({ workflowId, runId }: LockHolder, by: string): Promise<void> {
  const how: StopInput = { by, reason: `superseded by ${workflowInfo().workflowId}` };
  // it may end by itself before it is told
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(workflowId, runId).signal(stopSignal, how),
  ).catch(() => undefined);
}

async function waitUnlessStopped(wait: () => Promise<void>, isStopping: () => boolean): Promise<void> {
  const waiting = new CancellationScope();
  void condition(isStopping).then(() => {
    waiting.cancel();
  });
  await waiting.run(wait).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}

function refuseLockId(): void {
  const { workflowId } = workflowInfo();
  if (!isReservedWorkflowId(workflowId)) return;
  throw workflowFailure(
    'InputInvalid',
    `workflow id ${workflowId}: ids that begin with "cluster/" belong to the lock; start rollOutCluster with any other id`,
  );
}
