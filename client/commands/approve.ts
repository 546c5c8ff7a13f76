import type { Command } from 'commander';
import type { Client } from '@temporalio/client';
import { RolloutError } from '../../model/rollout-error.js';
import { movedClause } from '../../model/plan/moved-steps.js';
import { showPlan } from '../../model/show/show-plan.js';
import { changesText, shortDigest } from '../../model/show/show-step.js';
import { approveUpdate } from '../../workflows/contract/messages.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { readPlan } from '../read-plan.js';
import { sendUpdate } from '../runs/send-update.js';
import type { Session } from '../session.js';
import { waitingPlans, type WaitingPlan } from '../runs/waiting-plans.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface ApproveOptions extends SharedOptions {
  readonly by?: string;
  readonly yes?: boolean;
}

/**
 * `approve [digest]`: shows the plan with that digest, asks on a terminal, and approves the plan. Without a terminal,
 * the digest is the answer. Without a digest, lists the plans that wait, and shows the plan when only one waits.
 */
export function addApprove(program: Command, run: CliRun): void {
  defineCommand(program, 'approve')
    .argument('[digest]', 'digest of the plan, or at least its first 7 digits')
    .option('-y, --yes', 'approve the plan without asking')
    .option('--by <who>', 'name of the person who approves; default: user@host')
    .action((digest: string | undefined, options: ApproveOptions) =>
      perform(run, options, (session) => approve(session, digest, options)),
    );
}

async function approve(session: Session, given: string | undefined, options: ApproveOptions): Promise<number> {
  const digest = given?.toLowerCase();
  if (digest !== undefined && !/^(sha256:)?[0-9a-f]{7,64}$/.test(digest)) {
    throw new RolloutError(
      'UsageInvalid',
      `approve: ${digest} is not a digest; expected at least 7 hexadecimal digits`,
    );
  }
  const client = await session.connect();
  const waiting = await waitingPlans(client);
  if (digest === undefined) return list(session, client, waiting);

  const meant = plansMeant(waiting, digest);
  await tell(session, client, meant[0]);
  if (options.yes !== true && session.canAsk && options.json !== true) {
    const answer = await session.ask(`Approve this plan of ${meant[0].cluster}?`);
    if (answer !== true) {
      session.output.line('not approved; the plan still waits');
      return answer === undefined ? exitCodes.detached : exitCodes.stopped;
    }
  }
  return send(session, client, meant, options.by ?? defaultBy());
}

/**
 * Every run that waits with this plan. Fails with `NothingRuns` when no run waits, and when the digits match several
 * plans.
 */
function plansMeant(waiting: readonly WaitingPlan[], digest: string): readonly [WaitingPlan, ...WaitingPlan[]] {
  const [first, ...more] = waiting.filter((one) => bare(one.digest).startsWith(bare(digest)));
  if (first === undefined) {
    const others = waiting.map((one) => shortDigest(one.digest)).join(', ');
    throw new RolloutError(
      'NothingRuns',
      `plan ${digest}: no roll-out waits for this plan; ${others === '' ? 'no plan waits' : `plans that wait: ${others}`}`,
    );
  }
  if (more.some((other) => other.digest !== first.digest)) {
    const digests = [first, ...more].map((one) => bare(one.digest)).join(', ');
    throw new RolloutError('UsageInvalid', `approve: ${digest} matches several plans: ${digests}`);
  }
  return [first, ...more];
}

async function send({ output }: Session, client: Client, meant: readonly WaitingPlan[], by: string): Promise<number> {
  for (const { id, runId, digest } of meant) {
    await sendUpdate({ client, output }, { workflowId: id, runId }, approveUpdate, { digest, by });
    output.line(`${id}: plan ${shortDigest(digest)} approved; npx groundswell watch follows the run`);
  }
  output.json({ approved: meant.map(({ id, digest }) => ({ id, digest })) });
  return exitCodes.done;
}

function bare(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

async function list(session: Session, client: Client, waiting: readonly WaitingPlan[]): Promise<number> {
  const { output } = session;
  output.json({ waiting });
  const [only, ...others] = waiting;
  if (only === undefined) output.line('no roll-out waits for an approval');
  else if (others.every(({ digest }) => digest === only.digest)) await tell(session, client, only);
  for (const { id, cluster, changes, digest, expiresAt, stale, moved } of waiting) {
    const note = stale ? ', a new plan for stale steps' : expiresAt === undefined ? '' : `, until ${expiresAt}`;
    const what = `${cluster}  ${changesText(changes)}${note}${movedClause(moved)}`;
    output.line(`${id}  ${what}  npx groundswell approve ${shortDigest(digest)}`);
  }
  return exitCodes.done;
}

/**
 * Shows a plan before anybody approves it. When the plan cannot be read, the person who must approve sees the reason.
 */
async function tell(session: Session, client: Client, { cluster, digest, artifact }: WaitingPlan): Promise<void> {
  const plan = await readPlan({ target: await session.target(), client }, { cluster, digest, artifact });
  for (const line of [...showPlan(plan).split('\n'), '']) session.output.progress(line);
}
