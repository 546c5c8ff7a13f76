import type { Command } from 'commander';
import { showStatus } from '../../model/show/show-status.js';
import { parkedSteps, type RollOutSnapshot } from '../../model/status/status-snapshot.js';
import { noteSilence } from '../runs/note-silence.js';
import { createClusterView } from '../follow/cluster-view.js';
import { exitCodes } from '../exit-codes.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type ClusterOptions } from '../cli/define-command.js';

interface StatusOptions extends ClusterOptions {
  readonly watch?: boolean;
}

/**
 * `status`: shows the state of the roll-out. Ends with exit code 6 when a person is needed, also for a broken run, and
 * with 5 when no worker answers.
 */
export function addStatus(program: Command, run: CliRun): void {
  defineCommand(program, 'status')
    .option('-w, --watch', 'do the same as the command watch')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((options: StatusOptions) => perform(run, options, (session) => status(session, options)));
}

async function status(session: Session, options: StatusOptions): Promise<number> {
  if (options.watch === true) return (await import('./watch.js')).watchCluster(session, options);
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const answer = createClusterView(client, cluster).take();
  const snapshot = await noteSilence(session.output, answer, 'status waits 8 seconds for one');
  session.output.json(snapshot);
  session.output.lines(showStatus(snapshot, { nowMs: Date.now(), columns: session.output.columns }));
  return exitCodeOf(snapshot);
}

function exitCodeOf({ apply, frontDoors, gap, broken }: RollOutSnapshot): number {
  if (gap !== undefined) return exitCodes.unreachable;
  const parked = apply?.state === 'open' && parkedSteps(apply).length > 0;
  if (broken !== undefined) return exitCodes.parked;
  const waiting = frontDoors.some(({ status: door }) => door?.phase === 'waiting for approval');
  return parked || waiting ? exitCodes.parked : exitCodes.done;
}
