import { Argument, type Command } from 'commander';
import { isStepId } from '../../model/names/parse-step.js';
import { RolloutError } from '../../model/rollout-error.js';
import { resolveActions, type ResolveAction } from '../../model/status/answers.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { resolveUpdate } from '../../workflows/contract/messages.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { sendUpdate } from '../runs/send-update.js';
import { defineCommand, perform } from '../cli/define-command.js';
import { addReason, requireReason } from '../cli/reason-text.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

interface ResolveOptions extends ClusterOptions {
  readonly reason?: string;
  readonly by?: string;
  readonly parkId?: string;
  readonly confirm?: string;
}

/** `resolve <step> <action>`: answers a parked step. */
export function addResolve(program: Command, run: CliRun): void {
  addReason(defineCommand(program, 'resolve'))
    .argument('<step>', 'the parked step, by its name in `status`: node/k8s-redis/join')
    .addArgument(new Argument('<action>', 'the answer').choices(resolveActions))
    .option('--by <who>', 'name of the person who answers; default: user@host')
    .option('--confirm <units>', 'for replace, when the node holds data: names of the units that may lose their data')
    .option('--park-id <id>', 'answer only this stop of the step; the run refuses the answer after a later stop')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .action((step: string, action: ResolveAction, options: ResolveOptions, command: Command) => {
      const reason = requireReason(command, options.reason);
      return perform(run, options, (session) => resolve(session, { step, action, reason }, options));
    });
}

async function resolve(
  session: Session,
  answer: { readonly step: string; readonly action: ResolveAction; readonly reason: string },
  { cluster: named, by, parkId, confirm }: ResolveOptions,
): Promise<number> {
  const { step, action, reason } = answer;
  if (!isStepId(step)) {
    throw new RolloutError('UsageInvalid', `resolve: ${step} is not a step; expected a name like node/k8s-redis/join`);
  }
  const { output } = session;
  const cluster = await clusterName(session, named);
  const client = await session.connect();
  const input = {
    step,
    action,
    reason,
    by: by ?? defaultBy(),
    ...(parkId === undefined ? {} : { parkId }),
    ...(confirm === undefined ? {} : { confirm }),
  };
  const result = await sendUpdate({ client, output }, { workflowId: applyWorkflowId(cluster) }, resolveUpdate, input);
  output.json(result);
  output.line(`${result.step}: ${result.action}, as ${input.by} said; npx groundswell watch follows the run`);
  return exitCodes.done;
}
