import type { Command } from 'commander';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { stopSignal } from '../../workflows/contract/messages.js';
import type { StopInput } from '../../model/messages.js';
import { describeRun } from '../runs/describe-run.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { openFrontDoors } from '../runs/front-doors.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun } from '../cli/define-command.js';
import { reasonText } from '../cli/reason-text.js';
import type { ClusterOptions } from './status.js';

interface StopOptions extends ClusterOptions {
  readonly now?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

/** `stop`: no new step begins, running ones finish; with `--now` they are let go. */
export function addStop(program: Command, run: CliRun): void {
  defineCommand(program, 'stop')
    .option('--now', 'let go of what runs, too: it may be half done, and the next `up` finishes it')
    .option('--reason <text>', 'why; it is kept in the history', reasonText)
    .option('--by <who>', 'who stops it; by default user@host')
    .option('--cluster <name>', 'cluster; by default that of the spec')
    .action((options: StopOptions) => perform(run, options, (session) => stop(session, options)));
}

/** By signals: they reach workflows also while no worker runs. */
async function stop(session: Session, options: StopOptions): Promise<number> {
  const { output } = session;
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const doors = (await openFrontDoors(client)).filter((door) => door.cluster === undefined || door.cluster === cluster);
  const lock = await describeRun(client, { workflowId: applyWorkflowId(cluster) });
  const how: StopInput = {
    by: options.by ?? defaultBy(),
    ...(options.now === true ? { now: true } : {}),
    ...(options.reason === undefined ? {} : { reason: options.reason }),
  };
  // front doors first: one that waits for the cluster would begin when the lock is free
  const stopped = [...doors.map(({ id }) => id), ...(lock?.status.name === 'RUNNING' ? [lock.workflowId] : [])];
  for (const id of stopped) await client.workflow.getHandle(id).signal(stopSignal, how);

  output.json({ cluster, stopped });
  const then = how.now === true ? 'what runs is let go' : 'running steps finish, no new one begins';
  if (stopped.length === 0) output.line(`${cluster}: nothing runs`);
  else output.line(`${cluster}: stopping ${stopped.join(', ')}; ${then}`);
  return exitCodes.done;
}
