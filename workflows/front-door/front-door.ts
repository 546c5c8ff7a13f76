import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { shortDigest } from '../../model/show/show-step.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import {
  applyWorkflowId,
  frontDoorStatusQuery,
  stopSignal,
  type MakePlanInput,
  type PlanSkeleton,
  type RollOutClusterInput,
  type RollOutClusterResult,
  type StopInput,
} from '../contract.js';
import { referenceOf } from '../lock/application.js';
import { endWith } from '../failures.js';
import { answerFrontDoorMessages } from './front-door-messages.js';
import { approvalDetails, show } from '../step/progress.js';
import { retryFailures } from '../step/retry-failures.js';
import { setSearchAttributes } from '../search-attributes.js';

/** Who holds the lock of a cluster, as people are told. */
export interface LockHolder {
  readonly workflowId: string;
  /** Absent when it has just ended. */
  readonly runId?: string;
  readonly since: string;
  readonly by: string;
}

/** What the front door knows and shows about itself: its phase, approvals, a wish to stop. */
export interface FrontDoor {
  /** Who and what started it, for the run that takes the lock. */
  readonly origin: Pick<RollOutClusterInput, 'gitSha' | 'by' | 'takeOver'>;
  /** How somebody asked it to stop; nothing when nobody did. */
  readonly asked: () => StopInput | undefined;
  /** Makes a plan, which is told the one that it takes the place of; what may pass by itself is tried again. */
  planning(make: (before: Pick<MakePlanInput, 'before'>) => Promise<PlanSkeleton>): Promise<PlanSkeleton>;
  show(plan: PlanSkeleton, attributes: readonly string[]): void;
  isApproved(plan: PlanSkeleton): boolean;
  /** Waits until somebody approves this plan or stops the run, or until the time for it is over. */
  approval(plan: PlanSkeleton): Promise<'approved' | 'stopped' | 'expired'>;
  applying(plan: PlanSkeleton): void;
  /** Asks the holder of the lock to stop, where the input says so: the first one that is met, and no other. */
  supersede(holder: LockHolder): Promise<void>;
  /** Shows who is waited for until the lock is free, or somebody stops the run. */
  waitFor(holder: LockHolder, lockFree: () => Promise<void>): Promise<void>;
  end(plan: PlanSkeleton, result: Omit<RollOutClusterResult, 'cluster' | 'planDigest'>): RollOutClusterResult;
}

const weekInHours = 7 * 24;

/**
 * Opens the front door: answers `status`, `approve` and `stop` from the first moment.
 * Refuses an id that begins with `cluster/`, which is the lock's own: such a run would wait for itself.
 */
export function openFrontDoor(input: RollOutClusterInput): FrontDoor {
  refuseLockId();
  let status: FrontDoorStatus = { phase: 'planning' };
  let known: readonly string[] = [];
  let superseded = false;
  let planned: PlanSkeleton | undefined;
  const messages = answerFrontDoorMessages(() => status);
  setHandler(frontDoorStatusQuery, () => status, { description: 'where this roll-out is' });
  const stopping = (): boolean => messages.asked !== undefined;

  async function endedByStop(wait: () => Promise<void>): Promise<void> {
    const waiting = new CancellationScope();
    void condition(stopping).then(() => {
      waiting.cancel();
    });
    await waiting.run(wait).catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  return {
    origin: {
      ...(input.gitSha === undefined ? {} : { gitSha: input.gitSha }),
      ...(input.by === undefined ? {} : { by: input.by }),
      ...(input.takeOver === undefined ? {} : { takeOver: input.takeOver }),
    },
    asked: () => messages.asked,
    async planning(make) {
      const before = planned === undefined ? {} : { before: referenceOf(planned) };
      planned = await retryFailures(() => make(before), {
        stopping,
        waiting: ({ message }) => {
          show(`**planning**, tries again: ${message}`);
        },
      });
      return planned;
    },
    show(plan, attributes) {
      const { cluster, digest, artifact, changes, expiry } = plan;
      const seen = expiry === undefined ? {} : { expiry };
      status = { phase: 'planning', cluster, planDigest: digest, planArtifact: artifact, changes, ...seen };
      upsertMemo({ cluster: plan.cluster, planDigest: plan.digest });
      setSearchAttributes(attributes, { GroundswellCluster: plan.cluster, GroundswellStage: 'plan' });
      show(`**${cluster}: planned**, ${changes} changes, plan \`${shortDigest(digest)}\``);
      known = attributes;
    },
    isApproved: (plan) => input.approve === true || messages.approved?.digest === plan.digest,
    async approval(plan) {
      const waitMs = (input.approvalHours ?? weekInHours) * 3_600_000;
      const expiresAt = new Date(Date.now() + waitMs).toISOString();
      const moved = plan.moved === undefined ? {} : { moved: plan.moved };
      status = { ...status, phase: 'waiting for approval', expiresAt, ...moved };
      setSearchAttributes(known, { GroundswellStage: 'approval' });
      show(approvalDetails(plan, expiresAt));
      const answered = (): boolean => messages.approved?.digest === plan.digest || stopping();
      const options = { summary: `waits for the approval of plan ${shortDigest(plan.digest)}` };
      const inTime = await CancellationScope.nonCancellable(() => condition(answered, waitMs, options));
      const { expiresAt: _, moved: __, ...rest } = status;
      status = { ...rest, phase: 'planning' };
      if (stopping()) return 'stopped';
      return inTime ? 'approved' : 'expired';
    },
    applying(plan) {
      const { busyWith: _, ...rest } = status;
      status = { ...rest, phase: 'applying' };
      setSearchAttributes(known, { GroundswellStage: 'applying' });
      const by = messages.approved === undefined ? '' : `, approved by ${messages.approved.by}`;
      show(
        `**${plan.cluster}: rolling out** plan \`${shortDigest(plan.digest)}\`, ${plan.changes} changes${by}. ` +
          `Progress: workflow \`${applyWorkflowId(plan.cluster)}\``,
      );
    },
    async supersede({ workflowId, runId }) {
      if (input.supersede !== true || superseded || runId === undefined) return;
      superseded = true;
      const how: StopInput = { by: input.by ?? 'unknown', reason: `superseded by ${workflowInfo().workflowId}` };
      // it may end by itself before it is told
      await CancellationScope.nonCancellable(() =>
        getExternalWorkflowHandle(workflowId, runId).signal(stopSignal, how),
      ).catch(() => undefined);
    },
    async waitFor(holder, lockFree) {
      const stopped = superseded ? ', and was asked to stop' : '';
      const busyWith = `${holder.workflowId} holds the lock since ${holder.since} (${holder.by})${stopped}`;
      status = { ...status, phase: 'waiting for the cluster', busyWith };
      show(`**${holder.workflowId} is taken.** ${busyWith}`);
      await CancellationScope.nonCancellable(() => endedByStop(lockFree));
    },
    end(plan, result) {
      status = { ...status, phase: 'ended' };
      setSearchAttributes(known, { GroundswellStage: 'ended' });
      show(`**${plan.cluster}: ${result.outcome}**, ${result.changes} changes`);
      const stoppedBy = result.outcome === 'stopped' ? (result.stoppedBy ?? messages.asked) : undefined;
      const { cluster, digest: planDigest, remarks } = plan;
      const left = result.outcome === 'nothing to do' && remarks !== undefined ? { remarks } : {};
      return { cluster, planDigest, ...left, ...result, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
    },
  };
}

function refuseLockId(): void {
  const { workflowId } = workflowInfo();
  if (!workflowId.startsWith('cluster/')) return;
  throw endWith(
    'InputInvalid',
    `workflow id ${workflowId}: ids that begin with "cluster/" belong to the lock; start rollOutCluster with any other id`,
  );
}
