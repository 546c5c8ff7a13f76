import {
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { shortDigest } from '../model/show-step.js';
import type { FrontDoorStatus } from '../model/status.js';
import {
  applyWorkflowId,
  approveUpdate,
  type ApproveInput,
  frontDoorStatusQuery,
  stopSignal,
  type PlanSkeleton,
  type RollOutClusterInput,
  type RollOutClusterResult,
} from './contract.js';
import { endWith } from './failures.js';
import { approvalDetails, show } from './progress.js';
import { setSearchAttributes } from './search-attributes.js';

/** Who holds the lock of a cluster, as people are told. */
export interface LockHolder {
  readonly workflowId: string;
  readonly since: string;
  readonly by: string;
}

/** What the front door knows and shows about itself: its phase, approvals, a wish to stop. */
export interface FrontDoor {
  /** Who and what started it, for the run that takes the lock. */
  readonly origin: { readonly gitSha?: string; readonly by?: string };
  readonly stopping: () => boolean;
  show(plan: PlanSkeleton, attributes: readonly string[]): void;
  isApproved(plan: PlanSkeleton): boolean;
  /** Waits until somebody approves this plan, or stops the run. */
  approval(plan: PlanSkeleton): Promise<void>;
  applying(plan: PlanSkeleton): void;
  /** Shows who is waited for until the lock is free, or somebody stops the run. */
  waitFor(holder: LockHolder, lockFree: () => Promise<void>): Promise<void>;
  end(plan: PlanSkeleton, result: Pick<RollOutClusterResult, 'outcome' | 'changes'>): RollOutClusterResult;
}

/**
 * Opens the front door: answers `status` and `approve` from the first moment.
 * Refuses an id that begins with `cluster/`, which is the lock's own: such a run would wait for itself.
 */
export function openFrontDoor(input: RollOutClusterInput): FrontDoor {
  refuseLockId();
  let status: FrontDoorStatus = { phase: 'planning' };
  let approved: string | undefined;
  let approvedBy: string | undefined;
  let stopping = false;
  let known: readonly string[] = [];
  setHandler(frontDoorStatusQuery, () => status, { description: 'where this roll-out is' });
  setHandler(
    stopSignal,
    () => {
      stopping = true;
    },
    { description: 'begins no new step, lets running ones finish' },
  );
  void CancellationScope.current().cancelRequested.catch(() => {
    stopping = true;
  });
  setHandler(
    approveUpdate,
    ({ digest, by }) => {
      approved = digest;
      approvedBy = by;
      show(`plan \`${shortDigest(digest)}\` was approved by ${by}`);
      return { digest };
    },
    {
      validator: (approval: ApproveInput) => {
        refuseUnreadable(approval);
        refuseOtherDigest(status, approval);
      },
      description: 'approves the plan with this digest: {"digest", "by"}',
    },
  );

  async function endedByStop(wait: () => Promise<void>): Promise<void> {
    const waiting = new CancellationScope();
    void condition(() => stopping).then(() => {
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
    },
    stopping: () => stopping,
    show(plan, attributes) {
      const { cluster, digest, artifact, changes } = plan;
      status = { phase: 'planning', cluster, planDigest: digest, planArtifact: artifact, changes };
      upsertMemo({ cluster: plan.cluster, planDigest: plan.digest });
      setSearchAttributes(attributes, { GroundswellCluster: plan.cluster, GroundswellStage: 'plan' });
      show(`**${cluster}: planned**, ${changes} changes, plan \`${shortDigest(digest)}\``);
      known = attributes;
    },
    isApproved: (plan) => input.approve === true || approved === plan.digest,
    async approval(plan) {
      status = { ...status, phase: 'waiting for approval' };
      setSearchAttributes(known, { GroundswellStage: 'approval' });
      show(approvalDetails(plan));
      await CancellationScope.nonCancellable(() => condition(() => approved === plan.digest || stopping));
      status = { ...status, phase: 'planning' };
    },
    applying(plan) {
      const { busyWith: _, ...rest } = status;
      status = { ...rest, phase: 'applying' };
      setSearchAttributes(known, { GroundswellStage: 'applying' });
      const by = approvedBy === undefined ? '' : `, approved by ${approvedBy}`;
      show(
        `**${plan.cluster}: rolling out** plan \`${shortDigest(plan.digest)}\`, ${plan.changes} changes${by}. ` +
          `Progress: workflow \`${applyWorkflowId(plan.cluster)}\``,
      );
    },
    async waitFor(holder, lockFree) {
      const busyWith = `${holder.workflowId} holds the lock since ${holder.since} (${holder.by})`;
      status = { ...status, phase: 'waiting for the cluster', busyWith };
      show(`**${holder.workflowId} is taken.** ${busyWith}`);
      await CancellationScope.nonCancellable(() => endedByStop(lockFree));
    },
    end(plan, result) {
      status = { ...status, phase: 'ended' };
      setSearchAttributes(known, { GroundswellStage: 'ended' });
      show(`**${plan.cluster}: ${result.outcome}**, ${result.changes} changes`);
      return { cluster: plan.cluster, planDigest: plan.digest, ...result };
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

function refuseUnreadable(answer: Partial<ApproveInput> | undefined): void {
  const { digest, by } = answer ?? {};
  if (typeof digest === 'string' && typeof by === 'string') return;
  throw endWith('InputInvalid', 'approve: expected {"digest", "by"}, each a text');
}

function refuseOtherDigest(status: FrontDoorStatus, { digest }: ApproveInput): void {
  if (status.phase !== 'waiting for approval') {
    throw endWith('InputInvalid', `nothing waits for approval here: the roll-out is ${status.phase}`);
  }
  if (status.planDigest === digest) return;
  throw endWith(
    'InputInvalid',
    `plan ${digest} is not the one that waits: expected ${status.planDigest ?? 'none'}; look at the plan again`,
  );
}
