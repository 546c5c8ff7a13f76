import { heldElsewhere } from '../model/facts/decide-world-lock.js';
import type { ApproveInput, PauseInput, StopInput } from '../model/messages.js';
import type { PlanSkeleton } from '../model/plan/plan-skeleton.js';
import type { RollOutClusterInput, TearDownClusterInput } from './contract/inputs.js';
import { wishesOf } from './front-door/parse-input.js';
import { workflowFailure } from './failures.js';

/** Refuses an approval that cannot be read. Whatever people type reaches the validator of an update. */
export function refuseUnreadableApproval(answer: Partial<ApproveInput> | null | undefined): void {
  const { digest, by } = answer ?? {};
  if (typeof digest === 'string' && typeof by === 'string') return;
  throw workflowFailure('InputInvalid', 'approve: expected {"digest", "by"}, each a text');
}

/** Refuses to give up the state of a cluster unless the name of its control plane was typed. No approval is enough. */
export function refuseUnconfirmedLoss({ cluster, loses }: PlanSkeleton, input: RollOutClusterInput): void {
  const { confirm } = input;
  if (loses === undefined || wishesOf(input).confirmed?.includes(loses) === true) return;
  throw workflowFailure(
    'StateLost',
    `cluster ${cluster}: ${loses} is gone, and the cluster's state with it; expected {"confirm": "${loses}"} to make ` +
      `a new, empty cluster, found ${JSON.stringify(confirm ?? null)}`,
  );
}

/** Refuses to end a cluster unless its name was typed, and by another plan than the one that was looked at. */
export function refuseUnconfirmedEnd({ cluster, digest }: PlanSkeleton, input: TearDownClusterInput): void {
  if (input.confirm !== cluster) {
    throw workflowFailure(
      'InputInvalid',
      `cluster ${cluster}: expected {"confirm": "${cluster}"} to end it with everything in it, found ` +
        JSON.stringify(input.confirm ?? null),
    );
  }
  if (input.digest === undefined || input.digest === digest) return;
  throw workflowFailure(
    'PlanStale',
    `cluster ${cluster}: the plan that was shown is ${input.digest}, and now it is ${digest}; look at it again: npx groundswell down`,
  );
}

/** Refuses a plan of a cluster that another Temporal has, unless exactly that lock was said to be taken over. */
export function refuseHeldElsewhere(
  { cluster, heldBy }: PlanSkeleton,
  { takeOver }: Pick<RollOutClusterInput, 'takeOver'>,
): void {
  if (heldBy === undefined || heldBy.id === takeOver) return;
  throw workflowFailure('HeldElsewhere', heldElsewhere(cluster, heldBy, takeOver));
}

/** Refuses the approval of another plan than the one that waits. */
export function refuseOtherPlan({ digest }: ApproveInput, waiting: string | undefined): void {
  if (waiting === digest) return;
  throw workflowFailure(
    'InputInvalid',
    `plan ${digest} is not the plan that waits: expected ${waiting ?? 'none'}; look at the plan again`,
  );
}

/** Refuses a `pause` or `resume` without reason or name. */
export function refuseUnreadablePause(update: 'pause' | 'resume', input: Partial<PauseInput> | null | undefined): void {
  const { reason, by } = input ?? {};
  if ([reason, by].every((field) => typeof field === 'string' && field !== '')) return;
  throw workflowFailure('InputInvalid', `${update}: expected {"reason", "by"}, each a text`);
}

/** Refuses a `stop` that cannot be read. Nothing at all is a stop too. */
export function refuseUnreadableStop(how: Partial<Record<keyof StopInput, unknown>> | null | undefined): void {
  if (how === undefined || how === null) return;
  const { now, by, reason } = how;
  const texts = [by, reason].every((field) => field === undefined || typeof field === 'string');
  if (typeof how === 'object' && texts && (now === undefined || typeof now === 'boolean')) return;
  throw workflowFailure('InputInvalid', 'stop: expected {"now": true or false, "reason", "by"}, or nothing');
}
