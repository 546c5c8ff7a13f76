import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { showStatus } from '../../model/show/show-status.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import type { ApplyPlanResult, RollOutClusterResult } from '../../workflows/contract/inputs.js';
import { lastProgressOf } from '../runs/ask-temporal.js';
import { describeRun, type RunName } from '../runs/describe-run.js';
import { createClusterView, type ClusterView } from '../follow/cluster-view.js';
import { exitCodeOfResult, exitCodeOfRun, exitCodes } from '../exit-codes.js';
import { detachedText } from '../follow/detached-text.js';
import { follow } from '../follow/follow.js';
import type { Look } from '../follow/narrator.js';
import { openFrontDoors } from '../runs/front-doors.js';
import { outcomeLines } from '../follow/outcome.js';
import { waitForCtrlC, endOfRun } from '../runs/run-handle.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform } from '../cli/define-command.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

/** `watch`: follows the open roll-out, and ends with its exit code. */
export function addWatch(program: Command, run: CliRun): void {
  defineCommand(program, 'watch')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((options: ClusterOptions) => perform(run, options, (session) => watchCluster(session, options)));
}

/** A run to watch: the lock, or a front door that does not hold the lock yet. */
interface Watched {
  readonly run: RunName;
  readonly startedAtMs: number;
  readonly look: () => Promise<Look>;
}

/** Follows the open roll-out of a cluster, or shows the last one when none is open. Returns the exit code. */
export async function watchCluster(session: Session, options: ClusterOptions): Promise<number> {
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
  const { reason } = await follow({
    output,
    cluster,
    look,
    detached: waitForCtrlC(),
    ended: end.then(() => undefined),
  });
  if (reason !== 'ended') {
    output.progress(detachedText(undefined));
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
        const { apply, frontDoors: others, gap } = await view.takeQuickly();
        return present({ apply, others, gap });
      },
    };
  }
  const doors = await openFrontDoors(client);
  const door = doors.find((open) => open.cluster === cluster) ?? doors.find((open) => open.cluster === undefined);
  if (door === undefined) return undefined;
  const run = { workflowId: door.id, runId: door.runId };
  return { run, startedAtMs: door.startedAtMs, look: () => lookAtDoor(client, run, view) };
}

/** Looks at a front door, and at the run that it started or waits for. */
async function lookAtDoor(client: Client, run: RunName, view: ClusterView): Promise<Look> {
  const { apply, frontDoors, gap } = await view.takeQuickly();
  const door = frontDoors.find(({ id }) => id === run.workflowId)?.status;
  const doing = door?.phase === 'planning' ? await lastProgressOf(client, run) : undefined;
  const own = door?.phase === 'applying' || (gap !== undefined && apply?.state === 'open') ? apply : undefined;
  const holder = door?.phase === 'waiting for the cluster' ? apply : undefined;
  return present({
    door,
    doing,
    apply: own,
    holder,
    others: frontDoors.filter(({ id }) => id !== run.workflowId),
    gap,
  });
}

/** Leaves out the fields with unknown values. */
function present(look: { readonly [Field in keyof Look]: Look[Field] | undefined }): Look {
  const { door, doing, apply, holder, others, gap } = look;
  return {
    ...(door === undefined ? {} : { door }),
    ...(doing === undefined ? {} : { doing }),
    ...(apply === undefined ? {} : { apply }),
    ...(holder === undefined ? {} : { holder }),
    ...(others === undefined || others.length === 0 ? {} : { others }),
    ...(gap === undefined ? {} : { gap }),
  };
}

/** Shows how the last run ended, and returns its exit code. */
async function showLast({ output }: Session, view: ClusterView): Promise<number> {
  const snapshot = await view.take();
  output.ndjson(snapshot);
  output.lines(showStatus(snapshot, { nowMs: Date.now(), columns: output.columns }));
  if (snapshot.apply !== undefined) output.note('no roll-out is open; this is the last one');
  if (snapshot.gap !== undefined) return exitCodes.unreachable;
  return snapshot.apply === undefined ? exitCodes.done : exitCodeOfRun(snapshot.apply.state);
}
