import { resolve } from 'node:path';
import type { Command } from 'commander';
import { planAsJson, showPlan } from '../../model/show/show-plan.js';
import { exitCodes } from '../exit-codes.js';
import { makePlan } from '../follow/make-plan.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface PlanOptions extends SharedOptions {
  readonly file?: string;
  readonly confirm?: string;
  readonly replace?: string;
  readonly down?: boolean;
}

/** `plan`: shows what `up` would do, and changes nothing. Exit code 3 when something would change, or differs and stays. */
export function addPlan(program: Command, run: CliRun): void {
  defineCommand(program, 'plan')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .option('--replace <nodes>', 'plan new hosts for these nodes, with commas between')
    .option('--confirm <names>', 'plan as if the loss of this data were confirmed')
    .option('--down', 'show what `down` would do instead')
    .action((options: PlanOptions) => perform(run, options, (session) => plan(session, options)));
}

async function plan(session: Session, { file, confirm, replace, down }: PlanOptions): Promise<number> {
  const { output } = session;
  const { cluster } = await requireSpec(file ?? (await session.target()).spec);
  const { plan: made, skeleton } = await makePlan(session, cluster, {
    ...(file === undefined ? {} : { spec: resolve(file) }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(replace === undefined ? {} : { replace }),
    ...(down === true ? { down } : {}),
  });
  output.json(planAsJson(made));
  output.lines(showPlan(made).split('\n'));
  return skeleton.changes === 0 && skeleton.remarks === undefined ? exitCodes.done : exitCodes.changesPending;
}
