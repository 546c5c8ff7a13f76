import type { Command } from 'commander';
import { RolloutError } from '../../model/rollout-error.js';
import { movedClause } from '../../model/plan/moved-steps.js';
import { changesText, shortDigest } from '../../model/show/show-step.js';
import { approveUpdate } from '../../workflows/contract/messages.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { sendUpdate } from '../runs/send-update.js';
import type { Session } from '../session.js';
import { waitingPlans, type WaitingPlan } from '../runs/waiting-plans.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface ApproveOptions extends SharedOptions {
  readonly by?: string;
}

/** `approve [digest]`: approves the plan with that digest; without one, lists those that wait. */
export function addApprove(program: Command, run: CliRun): void {
  defineCommand(program, 'approve')
    .argument('[digest]', 'digest of the plan, or its first 7 digits or more')
    .option('--by <who>', 'who approves; by default user@host')
    .action((digest: string | undefined, options: ApproveOptions) =>
      perform(run, options, (session) => approve(session, digest, options)),
    );
}

async function approve(session: Session, digest: string | undefined, { by }: ApproveOptions): Promise<number> {
  const { output } = session;
  if (digest !== undefined && !/^(sha256:)?[0-9a-f]{7,64}$/.test(digest)) {
    throw new RolloutError('UsageInvalid', `approve: ${digest} is no digest; expected at least 7 hexadecimal digits`);
  }
  const client = await session.connect();
  const waiting = await waitingPlans(client);
  if (digest === undefined) return list(session, waiting);

  const meant = waiting.filter((one) => bare(one.digest).startsWith(bare(digest)));
  const [only] = meant;
  if (only === undefined) {
    const others = waiting.map((one) => shortDigest(one.digest)).join(', ');
    throw new RolloutError(
      'NothingRuns',
      `plan ${digest}: no roll-out waits for it; ${others === '' ? 'none waits' : `waiting: ${others}`}`,
    );
  }
  if (new Set(meant.map((one) => one.digest)).size > 1) {
    throw new RolloutError(
      'UsageInvalid',
      `approve: ${digest} means several plans: ${meant.map((one) => bare(one.digest)).join(', ')}`,
    );
  }
  for (const { id, runId, digest: whole } of meant) {
    const approval = { digest: whole, by: by ?? defaultBy() };
    await sendUpdate(client, { workflowId: id, runId }, approveUpdate, approval);
    output.line(`${id}: plan ${shortDigest(whole)} approved; npx groundswell watch shows how it goes on`);
  }
  output.json({ approved: meant.map(({ id, digest: whole }) => ({ id, digest: whole })) });
  return exitCodes.done;
}

function bare(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

function list({ output }: Session, waiting: readonly WaitingPlan[]): number {
  output.json({ waiting });
  if (waiting.length === 0) output.line('no roll-out waits for an approval');
  for (const { id, cluster, changes, digest, expiresAt, stale, moved } of waiting) {
    const note = stale ? ', made anew for steps that wait' : expiresAt === undefined ? '' : `, until ${expiresAt}`;
    const what = `${cluster}  ${changesText(changes)}${note}${movedClause(moved)}`;
    output.line(`${id}  ${what}  npx groundswell approve ${shortDigest(digest)}`);
  }
  return exitCodes.done;
}
