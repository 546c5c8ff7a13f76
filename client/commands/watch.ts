import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { showStatus } from '../../model/show/show-status.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import type { ApplyPlanResult, RollOutClusterResult } from '../../workflows/contract/inputs.js';
import { queryStatus } from '../runs/ask-temporal.js';
import { describeRun, type RunName } from '../runs/describe-run.js';
import { createClusterView, type ClusterView } from '../follow/cluster-view.js';
import { exitCodeOfResult, exitCodeOfRun, exitCodes } from '../exit-codes.js';
import { follow } from '../follow/follow.js';
import type { Look } from '../follow/narrator.js';
import { openFrontDoors } from '../runs/front-doors.js';
import { outcomeLines } from '../follow/outcome.js';
import { ctrlC, endOfRun } from '../runs/run-handle.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun } from '../cli/define-command.js';
import type { ClusterOptions } from './status.js';

/** `watch`: follows the roll-out that runs, and ends as it ends. */
export function addWatch(program: Command, run: CliRun): void {
  defineCommand(program, 'watch')
    .option('--cluster <name>', 'cluster; by default that of the spec')
    .action((options: ClusterOptions) => perform(run, options, (session) => watch(session, options)));
}

/** A run that can be watched: the lock, or a front door that does not hold it yet. */
interface Watched {
  readonly run: RunName;
  readonly startedAtMs: number;
  readonly look: () => Promise<Look>;
}

async function watch(session: Session, options: ClusterOptions): Promise<number> {
  const { output } = session;
  const cluster = await clusterName(session, options.cluster);
  const client = await session.connect();
  const view = createClusterView(client, cluster);
  const watched = await findRun(client, cluster, view);
  if (watched === undefined) return showLast(session, view);

  const end = endOfRun<ApplyPlanResult | RollOutClusterResult>(client, watched.run);
  const look = async (): Promise<Look> => {
    const seen = await watched.look();
    output.ndjson({ cluster, ...seen });
    return seen;
  };
  const { reason } = await follow({ output, cluster, look, detached: ctrlC(), ended: end.then(() => undefined) });
  if (reason !== 'ended') {
    output.progress('detached: the roll-out goes on; npx groundswell watch shows it again');
    return exitCodes.detached;
  }
  const ended = await end;
  if (!ended.ok) throw ended.error;
  output.ndjson({ cluster, ended: ended.result });
  const lines = outcomeLines({ cluster, ...ended.result }, Date.now() - watched.startedAtMs);
  for (const line of lines) output.progress(line);
  return exitCodeOfResult(ended.result);
}

async function findRun(client: Client, cluster: string, view: ClusterView): Promise<Watched | undefined> {
  const lock = await describeRun(client, { workflowId: applyWorkflowId(cluster) });
  if (lock?.status.name === 'RUNNING') {
    return {
      run: { workflowId: lock.workflowId, runId: lock.runId },
      startedAtMs: lock.startTime.getTime(),
      look: async () => {
        const apply = await view.takeApply();
        return apply === undefined ? {} : { apply };
      },
    };
  }
  const doors = await openFrontDoors(client);
  const door = doors.find((open) => open.cluster === cluster) ?? doors.find((open) => open.cluster === undefined);
  if (door === undefined) return undefined;
  const run = { workflowId: door.id, runId: door.runId };
  return {
    run,
    startedAtMs: door.startedAtMs,
    look: async () => {
      const status = await queryStatus(client, run, frontDoorStatusQuery);
      const apply = status?.phase === 'applying' ? await view.takeApply() : undefined;
      return { ...(status === undefined ? {} : { door: status }), ...(apply === undefined ? {} : { apply }) };
    },
  };
}

/** Nothing runs: shows how the last run ended, and ends like it. */
async function showLast({ output }: Session, view: ClusterView): Promise<number> {
  const snapshot = await view.take();
  output.ndjson(snapshot);
  output.lines(showStatus(snapshot, { nowMs: Date.now(), columns: output.columns }));
  output.note('nothing runs now; this is the last roll-out');
  return snapshot.apply === undefined ? exitCodes.done : exitCodeOfRun(snapshot.apply.state);
}
