import { setHandler, upsertMemo } from '@temporalio/workflow';
import { shortDigest } from '../../model/show/show-step.js';
import { fitBytes } from '../../model/show/fit-bytes.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { frontDoorStatusQuery } from '../contract/messages.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { setSearchAttributes } from '../search-attributes.js';
import { approvalDetails, showDetails } from '../step/progress.js';

/** Who holds the lock of a cluster, as people are told. */
export interface LockHolder {
  readonly workflowId: string;
  /** Absent when it has just ended. */
  readonly runId?: string;
  readonly since: string;
  readonly by: string;
}

/** Where a front door is, as the query `status`, search attributes and the Temporal UI show it. */
export interface ShownStatus {
  current(): FrontDoorStatus;
  /** A plan cannot be made yet, and is tried again. */
  triesAgain(message: string): void;
  planned(plan: PlanSkeleton, attributes: readonly string[]): void;
  waitsForApproval(plan: PlanSkeleton, expiresAt: string): void;
  /** It was answered, or its time is over. */
  approvalEnded(): void;
  waitsForHolder(holder: LockHolder, askedToStop: boolean): void;
  applies(plan: PlanSkeleton, approvedBy: string | undefined): void;
  ended(cluster: string, result: { readonly outcome: string; readonly changes: number }): void;
}

/** In bytes. */
const longestNote = 1_000;

/** Answers the query `status` from the first moment: the roll-out is planning. */
export function showFrontDoor(): ShownStatus {
  let status: FrontDoorStatus = { phase: 'planning' };
  let attributes: readonly string[] = [];
  const stage = (name: string): void => {
    setSearchAttributes(attributes, { GroundswellStage: name });
  };
  setHandler(frontDoorStatusQuery, () => status, { description: 'shows the state of this roll-out' });

  return {
    current: () => status,
    triesAgain(message) {
      status = { ...status, note: `tries again: ${fitBytes(message, longestNote)}` };
      showDetails(`**planning**, tries again: ${message}`);
    },
    planned(plan, known) {
      const { cluster, digest, artifact, changes, expiry } = plan;
      const seen = expiry === undefined ? {} : { expiry };
      status = { phase: 'planning', cluster, planDigest: digest, planArtifact: artifact, changes, ...seen };
      attributes = known;
      upsertMemo({ cluster, planDigest: digest });
      setSearchAttributes(attributes, { GroundswellCluster: cluster, GroundswellStage: 'plan' });
      showDetails(`**${cluster}: planned**, ${changes} changes, plan \`${shortDigest(digest)}\``);
    },
    waitsForApproval(plan, expiresAt) {
      const moved = plan.moved === undefined ? {} : { moved: plan.moved };
      status = { ...status, phase: 'waiting for approval', expiresAt, ...moved };
      stage('approval');
      showDetails(approvalDetails(plan, expiresAt));
    },
    approvalEnded() {
      const { expiresAt: _, moved: __, ...rest } = status;
      status = { ...rest, phase: 'planning' };
    },
    waitsForHolder({ workflowId, since, by }, askedToStop) {
      const stopped = askedToStop ? ', and somebody asked it to stop' : '';
      const busyWith = `${workflowId} holds the lock since ${since} (${by})${stopped}`;
      status = { ...status, phase: 'waiting for the cluster', busyWith };
      showDetails(`**Another run has the id ${workflowId}.** ${busyWith}`);
    },
    applies(plan, approvedBy) {
      const { busyWith: _, ...rest } = status;
      status = { ...rest, phase: 'applying' };
      stage('applying');
      const by = approvedBy === undefined ? '' : `, approved by ${approvedBy}`;
      showDetails(
        `**${plan.cluster}: rolling out** plan \`${shortDigest(plan.digest)}\`, ${plan.changes} changes${by}. ` +
          `Progress: workflow \`${applyWorkflowId(plan.cluster)}\``,
      );
    },
    ended(cluster, { outcome, changes }) {
      status = { ...status, phase: 'ended' };
      stage('ended');
      showDetails(`**${cluster}: ${outcome}**, ${changes} changes`);
    },
  };
}
