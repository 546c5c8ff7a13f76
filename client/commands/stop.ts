import type { Command } from 'commander';
import { RolloutError } from '../../model/rollout-error.js';
import { stopSignal } from '../../workflows/contract/message-definitions.js';
import type { StopInput } from '../../model/messages.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { openRuns, type OpenRun } from '../runs/open-runs.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform } from '../cli/define-command.js';
import { addReason, requireReason } from '../cli/reason-text.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

interface StopOptions extends ClusterOptions {
  readonly now?: boolean;
  readonly all?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

/** `stop [run]`: starts no new step of the run and lets running steps finish; with `--now` cancels them. */
export function addStop(program: Command, run: CliRun): void {
  addReason(defineCommand(program, 'stop'))
    .argument('[run]', 'id of a roll-out, as `up` and `status` show it; needed when several are open')
    .option('--all', 'stop every open roll-out of the cluster, also those that wait for the cluster')
    .option('--now', 'cancel running steps too: they may end half done, and the next `up` finishes them')
    .option('--by <who>', 'name of the person who stops it; default: user@host')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((name: string | undefined, options: StopOptions, command: Command) => {
      const reason = requireReason(command, options.reason);
      return perform(run, options, (session) => stop(session, { name, reason }, options));
    });
}

/** Stops runs by signals, which reach workflows also while no worker runs. */
async function stop(
  session: Session,
  { name, reason }: { readonly name: string | undefined; readonly reason: string },
  { by = defaultBy(), now = false, all = false, cluster: named }: StopOptions,
): Promise<number> {
  const { output } = session;
  const cluster = await clusterName(session, named);
  const client = await session.connect();
  const runs = chosenRuns(await openRuns(client, cluster), { cluster, name, all });
  const how: StopInput = { by, reason, ...(now ? { now } : {}) };
  const stopped = runs.flatMap(({ workflowIds }) => workflowIds);
  for (const id of stopped) await client.workflow.getHandle(id).signal(stopSignal, how);

  output.json({ cluster, stopped });
  const then = now ? 'running steps are cancelled' : 'running steps finish, no new step starts';
  if (stopped.length === 0) output.line(`${cluster}: nothing runs`);
  else output.line(`${cluster}: stopping ${stopped.join(', ')}; ${then}`);
  return exitCodes.done;
}

/** Chooses the runs to stop. Refuses to guess when several are open. */
function chosenRuns(
  runs: readonly OpenRun[],
  { cluster, name, all }: { readonly cluster: string; readonly name: string | undefined; readonly all: boolean },
): readonly OpenRun[] {
  const listed = runs.map((run) => `${run.name}${run.holdsCluster ? ' (holds the cluster)' : ''}`).join(', ');
  if (name !== undefined) {
    const meant = runs.filter((run) => run.name === name || run.workflowIds.includes(name));
    if (meant.length > 0) return meant;
    throw new RolloutError(
      'NothingRuns',
      `stop: no open roll-out of cluster ${cluster} has the id ${name}; open: ${listed || 'none'}`,
    );
  }
  if (all || runs.length < 2) return runs;
  throw new RolloutError(
    'UsageInvalid',
    `stop: ${runs.length} roll-outs of cluster ${cluster} are open: ${listed}; name one of them, or add --all`,
  );
}
