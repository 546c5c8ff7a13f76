import type { Command } from 'commander';
import { applyWorkflowId, stopSignal } from '../../workflows/contract.js';
import { describeRun } from '../ask-temporal.js';
import { exitCodes } from '../exit-codes.js';
import { openFrontDoors } from '../front-doors.js';
import { clusterName, type Session } from '../session.js';
import { defineCommand, perform, type CliRun } from './define-command.js';
import type { ClusterOptions } from './status.js';

/** `stop`: no new step begins, running ones finish. */
export function addStop(program: Command, run: CliRun): void {
  defineCommand(program, 'stop', 'begin no new step; let running ones finish')
    .option('--cluster <name>', 'cluster; by default that of the spec')
    .action((options: ClusterOptions) => perform(run, options, (session) => stop(session, options)));
}

async function stop(session: Session, options: ClusterOptions): Promise<number> {
  const { output } = session;
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const doors = (await openFrontDoors(client)).filter((door) => door.cluster === undefined || door.cluster === cluster);
  const lock = await describeRun(client, { workflowId: applyWorkflowId(cluster) });
  // front doors first: one that waits for the cluster would begin when the lock is free
  const stopped = [...doors.map(({ id }) => id), ...(lock?.status.name === 'RUNNING' ? [lock.workflowId] : [])];
  for (const id of stopped) await client.workflow.getHandle(id).signal(stopSignal);

  output.json({ cluster, stopped });
  if (stopped.length === 0) output.line(`${cluster}: nothing runs`);
  else output.line(`${cluster}: stopping ${stopped.join(', ')}; running steps finish, no new one begins`);
  return exitCodes.done;
}
