import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { workflowNames } from '../../model/names/workflow-names.js';
import { planAsJson, showPlan } from '../../model/show/show-plan.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { PlanClusterInput } from '../../workflows/contract/inputs.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import type { Output } from '../output.js';
import { lastProgressOf, requireWorker } from '../runs/ask-temporal.js';
import { exitCodes } from '../exit-codes.js';
import { readPlan } from '../read-plan.js';
import { requireSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { workflowId } from '../runs/workflow-id.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

interface PlanOptions extends SharedOptions {
  readonly file?: string;
}

/**
 * `plan`: shows what `up` would do, and changes nothing. Ends with exit code 3 when something would change, or differs
 * and stays as it is.
 */
export function addPlan(program: Command, run: CliRun): void {
  defineCommand(program, 'plan')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .action((options: PlanOptions) => perform(run, options, (session) => plan(session, options)));
}

async function plan(session: Session, { file }: PlanOptions): Promise<number> {
  const { output } = session;
  const target = await session.target();
  const { cluster } = await requireSpec(file ?? target.spec);
  const client = await session.connect();
  await requireWorker(client);
  const id = workflowId('plan', cluster);
  const handle = await client.workflow.start<(input: PlanClusterInput) => Promise<PlanSkeleton>>(
    workflowNames.planCluster,
    {
      workflowId: id,
      taskQueue,
      args: [file === undefined ? {} : { spec: resolve(file) }],
      staticSummary: `plan of ${cluster}`,
    },
  );
  const result = handle.result();
  await tellUntilEnd(output, client, { id, end: result });
  const skeleton = await result;
  const found = await readPlan({ target, client }, skeleton);
  output.json(planAsJson(found));
  output.lines(showPlan(found).split('\n'));
  return skeleton.changes === 0 && skeleton.remarks === undefined ? exitCodes.done : exitCodes.changesPending;
}

/**
 * Says what planning waits for, as soon as planning takes longer than usual: EC2 may refuse requests for half a minute.
 */
async function tellUntilEnd(
  output: Output,
  client: Client,
  { id, end }: { readonly id: string; readonly end: Promise<unknown> },
): Promise<void> {
  const ended = end.then(
    () => true,
    () => true,
  );
  let told: string | undefined;
  while ((await Promise.race([ended, sleep(lookEveryMs)])) !== true) {
    const doing = await lastProgressOf(client, { workflowId: id }).catch(() => undefined);
    if (doing !== undefined && doing !== told) output.note(`planning: ${doing}`);
    told = doing ?? told;
  }
}

const lookEveryMs = 3_000;
