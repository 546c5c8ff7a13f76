import { resolve } from 'node:path';
import type { Command } from 'commander';
import { workflowNames } from '../../model/names/workflow-names.js';
import { requireAnswers, followToEnd, startRun } from '../follow/started-run.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface UpOptions extends SharedOptions {
  readonly file?: string;
  readonly yes?: boolean;
  /** commander's form of `--no-wait`. */
  readonly wait: boolean;
  readonly supersede?: boolean;
  readonly by?: string;
  readonly confirm?: string;
  readonly replace?: string;
  readonly takeOver?: string;
  readonly verify?: boolean;
}

/** `up`: rolls the cluster out. Shows the plan, asks for approval, and follows the run. */
export function addUp(program: Command, run: CliRun): void {
  defineCommand(program, 'up')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .option('-y, --yes', 'approve the plan without asking')
    .option('--no-wait', 'wait for nobody: exit with 6 when only a person can move the run on')
    .option(
      '--supersede',
      'ask the run that holds the cluster to stop at its next safe point, instead of waiting for its end',
    )
    .option('--replace <nodes>', 'give these nodes new hosts, with commas between')
    .option(
      '--confirm <names>',
      'what may be lost, with commas between: units, objects, or a control plane that is gone and gets a new, empty cluster',
    )
    .option('--take-over <lock>', 'id of the lock of another Temporal that is gone for good: take the cluster from it')
    .option('--verify', 'verify the cluster even if the plan has no changes')
    .option('--by <who>', 'name of the person who rolls out; default: user@host')
    .action((options: UpOptions) => perform(run, options, (session) => up(session, options)));
}

async function up(session: Session, options: UpOptions): Promise<number> {
  const { file, yes = false, wait, json = false, by } = options;
  requireAnswers(session, { command: 'up', yes, wait, json });
  const { cluster } = await requireSpec(file ?? (await session.target()).spec);
  const run = await startRun(session, {
    ...{ workflow: workflowNames.rollOutCluster, noun: 'roll-out', cluster, by },
    ...{ yes, wait, question: `Roll this out on ${cluster}?` },
    input: {
      ...(file === undefined ? {} : { spec: resolve(file) }),
      ...(options.supersede === true ? { supersede: true } : {}),
      ...(options.verify === true ? { verify: true } : {}),
      ...(options.replace === undefined ? {} : { replace: options.replace }),
      ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
      ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
    },
  });
  return followToEnd(run);
}
