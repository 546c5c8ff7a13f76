import type { UpdateDefinition } from '@temporalio/common';
import type { Command } from 'commander';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { pauseUpdate, resumeUpdate } from '../../workflows/contract/messages.js';
import type { PauseInput, PauseResult } from '../../model/messages.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { sendUpdate } from '../runs/send-update.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform } from '../cli/define-command.js';
import { addReason, requireReason } from '../cli/reason-text.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

interface PauseOptions extends ClusterOptions {
  readonly reason?: string;
  readonly by?: string;
}

/** `pause`: no new step begins until `resume`; running steps finish, and the run stays open. */
export function addPause(program: Command, run: CliRun): void {
  add(program, run, { name: 'pause', update: pauseUpdate });
}

/** `resume`: continues after `pause`. */
export function addResume(program: Command, run: CliRun): void {
  add(program, run, { name: 'resume', update: resumeUpdate });
}

interface PauseCommand {
  readonly name: 'pause' | 'resume';
  readonly update: UpdateDefinition<PauseResult, [PauseInput]>;
}

function add(program: Command, run: CliRun, { name, update }: PauseCommand): void {
  addReason(defineCommand(program, name))
    .option('--by <who>', 'name of the person who decides; default: user@host')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((options: PauseOptions, command: Command) => {
      const reason = requireReason(command, options.reason);
      return perform(run, options, (session) => send(session, update, { ...options, reason }));
    });
}

async function send(
  session: Session,
  update: PauseCommand['update'],
  options: PauseOptions & { readonly reason: string },
): Promise<number> {
  const { output } = session;
  const { reason, by = defaultBy() } = options;
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const result = await sendUpdate({ client, output }, { workflowId: applyWorkflowId(cluster) }, update, { reason, by });
  output.json({ cluster, ...result });
  const open = result.running.length === 0 ? 'nothing' : result.running.join(', ');
  if (!result.paused) output.line(`${cluster}: continues; npx groundswell watch follows the run`);
  else output.line(`${cluster}: paused; running steps finish (open: ${open}); npx groundswell resume --reason "…"`);
  return exitCodes.done;
}
