import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { RolloutError } from '../../model/rollout-error.js';
import { changesText, shortDigest } from '../../model/show-step.js';
import type { FrontDoorStatus } from '../../model/status.js';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract.js';
import { queryStatus } from '../ask-temporal.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { openFrontDoors, type OpenFrontDoor } from '../front-doors.js';
import { sendUpdate } from '../send-update.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from './define-command.js';

interface ApproveOptions extends SharedOptions {
  readonly by?: string;
}

/** `approve [digest]`: approves the plan with that digest; without one, lists the roll-outs that wait. */
export function addApprove(program: Command, run: CliRun): void {
  defineCommand(program, 'approve', 'approve a plan; without a digest: list the roll-outs that wait')
    .argument('[digest]', 'digest of the plan, or its first 7 digits or more')
    .option('--by <who>', 'who approves; by default user@host')
    .action((digest: string | undefined, options: ApproveOptions) =>
      perform(run, options, (session) => approve(session, digest, options)),
    );
}

interface Waiting {
  readonly door: OpenFrontDoor;
  readonly status: FrontDoorStatus;
  readonly digest: string;
}

async function approve(session: Session, digest: string | undefined, { by }: ApproveOptions): Promise<number> {
  const { output } = session;
  if (digest !== undefined && !/^(sha256:)?[0-9a-f]{7,64}$/.test(digest)) {
    throw new RolloutError('UsageInvalid', `approve: ${digest} is no digest; expected at least 7 hexadecimal digits`);
  }
  const client = await session.connect();
  const waiting = await waitingDoors(client);
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
  for (const { door, digest: whole } of meant) {
    await sendUpdate(client, { workflowId: door.id, runId: door.runId }, approveUpdate, {
      digest: whole,
      by: by ?? defaultBy(),
    });
    output.line(`${door.id}: plan ${shortDigest(whole)} approved; npx groundswell watch shows how it goes on`);
  }
  output.json({ approved: meant.map(({ door, digest: whole }) => ({ id: door.id, digest: whole })) });
  return exitCodes.done;
}

function bare(digest: string): string {
  return digest.replace(/^sha256:/, '');
}

async function waitingDoors(client: Client): Promise<readonly Waiting[]> {
  const doors = await openFrontDoors(client);
  const asked = await Promise.all(
    doors.map(async (door) => ({
      door,
      status: await queryStatus(client, { workflowId: door.id, runId: door.runId }, frontDoorStatusQuery),
    })),
  );
  return asked.flatMap(({ door, status }) =>
    status?.phase === 'waiting for approval' && status.planDigest !== undefined
      ? [{ door, status, digest: status.planDigest }]
      : [],
  );
}

function list({ output }: Session, waiting: readonly Waiting[]): number {
  output.json({
    waiting: waiting.map(({ door, status, digest }) => ({
      id: door.id,
      cluster: status.cluster,
      digest,
      changes: status.changes,
    })),
  });
  if (waiting.length === 0) output.line('no roll-out waits for an approval');
  for (const { door, status, digest } of waiting) {
    const what = `${status.cluster ?? ''}  ${changesText(status.changes ?? 0)}`;
    output.line(`${door.id}  ${what}  npx groundswell approve ${shortDigest(digest)}`);
  }
  return exitCodes.done;
}
