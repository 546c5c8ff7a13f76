import { resolve } from 'node:path';
import type { Command } from 'commander';
import { workflowNames } from '../../model/names/workflow-names.js';
import { RolloutError } from '../../model/rollout-error.js';
import { showPlan } from '../../model/show/show-plan.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';
import { exitCodes } from '../exit-codes.js';
import { makePlan } from '../follow/make-plan.js';
import { followToEnd, startRun } from '../follow/started-run.js';
import { requireSpec } from '../read-spec.js';
import { readDriftSchedule } from '../runs/drift-schedule.js';
import type { Session } from '../session.js';

interface DownOptions extends SharedOptions {
  readonly file?: string;
  readonly confirm?: string;
  readonly by?: string;
  readonly supersede?: boolean;
  readonly takeOver?: string;
}

/** `down`: ends the whole cluster. Shows what goes, wants the name of the cluster typed, and follows to the last look. */
export function addDown(program: Command, run: CliRun): void {
  defineCommand(program, 'down')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .option('--confirm <cluster>', 'name of the cluster: ends it without asking')
    .option(
      '--supersede',
      'ask the run that holds the cluster to stop at its next safe point, instead of waiting for its end',
    )
    .option('--take-over <lock>', 'id of the lock of another Temporal that is gone for good: take the cluster from it')
    .option('--by <who>', 'name of the person who ends it; default: user@host')
    .action((options: DownOptions) => perform(run, options, (session) => down(session, options)));
}

async function down(session: Session, options: DownOptions): Promise<number> {
  const { file, by } = options;
  const { output } = session;
  const { cluster } = await requireSpec(file ?? (await session.target()).spec);
  const spec = file === undefined ? {} : { spec: resolve(file) };
  const { plan, skeleton } = await makePlan(session, cluster, { ...spec, down: true });
  for (const line of [...showPlan(plan).split('\n'), '']) output.progress(line);
  if (skeleton.changes > 0) {
    const confirm = options.confirm ?? (await typedName(session, cluster, options));
    if (confirm === undefined) return exitCodes.detached;
    if (confirm !== cluster) return refused(session, { cluster, typed: confirm });
  }
  const run = await startRun(session, {
    ...{ workflow: workflowNames.tearDownCluster, noun: 'tear-down', cluster, by },
    ...{ yes: true, wait: true, question: '' },
    input: {
      ...spec,
      confirm: cluster,
      digest: skeleton.digest,
      ...(options.supersede === true ? { supersede: true } : {}),
      ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
    },
  });
  const exitCode = await followToEnd(run);
  if (exitCode === exitCodes.done) await noteSchedule(session, cluster);
  return exitCode;
}

/** A schedule outlives its cluster, because it is no part of it: the checks would go on and find nothing as wanted. */
async function noteSchedule(session: Session, cluster: string): Promise<void> {
  const schedule = await readDriftSchedule(await session.connect(), cluster);
  if (schedule !== undefined) {
    session.output.note('a schedule still checks this cluster for drift; to delete it: npx groundswell drift --off');
  }
}

/** Fails with `UsageInvalid` when nobody can be asked. */
async function typedName(
  session: Session,
  cluster: string,
  { json = false }: SharedOptions,
): Promise<string | undefined> {
  if (session.canAsk && !json) return session.askText('Type the name of the cluster to end it, with everything in it:');
  throw new RolloutError(
    'UsageInvalid',
    `down: cannot ask here, because this is not a terminal; add --confirm ${cluster}`,
  );
}

function refused(
  { output }: Session,
  { cluster, typed }: { readonly cluster: string; readonly typed: string },
): number {
  output.line(`the name is ${cluster}, and not "${typed}"; nothing was changed`);
  return exitCodes.stopped;
}
