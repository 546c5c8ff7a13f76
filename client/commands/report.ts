import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { reportPage } from '../../model/report/report-page.js';
import { rollOutReport } from '../../model/report/roll-out-report.js';
import { showReport } from '../../model/report/show-report.js';
import { RolloutError } from '../../model/rollout-error.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { exitCodes } from '../exit-codes.js';
import { readRollOut } from '../history/read-roll-out.js';
import { clusterName } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform } from '../cli/define-command.js';
import type { ClusterOptions, CliRun } from '../cli/define-command.js';

interface ReportOptions extends ClusterOptions {
  readonly run?: string;
  readonly html?: string;
}

/** `report`: shows where a roll-out spent its time. Reads only histories: needs no worker, and changes nothing. */
export function addReport(program: Command, run: CliRun): void {
  defineCommand(program, 'report')
    .argument('[workflow-id]', 'workflow id of a roll-out or of the lock; default: the last roll-out of the cluster')
    .option('--cluster <name>', 'name of the cluster; default: the cluster of the spec')
    .option('--run <id>', 'run id of an earlier roll-out with that workflow id')
    .option('--html <file>', 'write the timeline as one HTML page to this file')
    .action((workflowId: string | undefined, options: ReportOptions) =>
      perform(run, options, (session) => report(session, workflowId, options)),
    );
}

async function report(session: Session, workflowId: string | undefined, options: ReportOptions): Promise<number> {
  const { output } = session;
  const id = workflowId ?? applyWorkflowId(await clusterName(session, options.cluster));
  const client = await session.connect();
  const run = options.run === undefined ? {} : { runId: options.run };
  const computed = rollOutReport(await readRollOut(client, { workflowId: id, ...run }));
  output.json(computed);
  if (options.html === undefined) {
    output.table(showReport(computed, { columns: output.columns }));
    return exitCodes.done;
  }
  await write(options.html, reportPage(computed));
  output.note(`report: written to ${resolve(options.html)}`);
  return exitCodes.done;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw new RolloutError(
      'UsageInvalid',
      `--html ${file}: cannot write the file: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
