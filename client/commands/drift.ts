import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { workflowNames } from '../../model/names/workflow-names.js';
import { span } from '../../model/show/line.js';
import { showDrift } from '../../model/show/show-drift.js';
import type { DriftReport } from '../../model/status/drift.js';
import type { CheckDriftInput } from '../../workflows/contract/inputs.js';
import { checkInterval, intervalText } from '../cli/check-interval.js';
import { defineCommand, perform, type CliRun, type ClusterOptions } from '../cli/define-command.js';
import { defaultBy } from '../config.js';
import { exitCodes } from '../exit-codes.js';
import { explainError, type Explanation } from '../explain-error.js';
import { runAndTell } from '../follow/run-and-tell.js';
import { clusterName, requireSpec } from '../read-spec.js';
import {
  endDriftSchedule,
  readDriftSchedule,
  setDriftSchedule,
  type DriftSchedule,
  type LastCheck,
} from '../runs/drift-schedule.js';
import type { Session } from '../session.js';

interface DriftOptions extends ClusterOptions {
  readonly file?: string;
  /** Milliseconds. */
  readonly every?: number;
  readonly off?: boolean;
  readonly schedule?: boolean;
}

/**
 * `drift`: shows what differs between spec and world, and changes nothing. Exit code 3 when something differs. A schedule of
 * Temporal makes the same check regularly.
 */
export function addDrift(program: Command, run: CliRun): void {
  defineCommand(program, 'drift')
    .option('-f, --file <file>', 'spec file; default: the spec of the worker')
    .addOption(
      new Option('--every <interval>', 'let a schedule check the cluster: 30m, 1h, 1d')
        .argParser(checkInterval)
        .conflicts(['off', 'schedule', 'cluster']),
    )
    .addOption(new Option('--off', 'delete the schedule').conflicts(['schedule', 'file']))
    .addOption(new Option('--schedule', 'show the schedule and the result of its last check').conflicts(['file']))
    .option('--cluster <name>', 'with --off or --schedule: name of the cluster; default: the cluster of the spec')
    .action((options: DriftOptions) => perform(run, options, (session) => drift(session, options)));
}

async function drift(session: Session, options: DriftOptions): Promise<number> {
  if (options.off === true) return off(session, await clusterName(session, options.cluster));
  if (options.schedule === true) return show(session, await clusterName(session, options.cluster));
  const { file, every: everyMs } = options;
  const { cluster } = await requireSpec(file ?? (await session.target()).spec);
  const input: CheckDriftInput = file === undefined ? {} : { spec: resolve(file) };
  if (everyMs !== undefined) return every(session, { cluster, everyMs, input });
  const report = await runAndTell<CheckDriftInput, DriftReport>(session, {
    ...{ workflow: workflowNames.checkDrift, noun: 'drift', doing: 'checking' },
    ...{ cluster, input },
  });
  session.output.json(report);
  session.output.lines(showDrift(report, { columns: session.output.columns }));
  return exitCodeOf(report);
}

function exitCodeOf({ count }: DriftReport): number {
  return count === 0 ? exitCodes.done : exitCodes.changesPending;
}

async function every(
  session: Session,
  wanted: { readonly cluster: string; readonly everyMs: number; readonly input: CheckDriftInput },
): Promise<number> {
  const isNew = await setDriftSchedule(await session.connect(), { ...wanted, by: defaultBy() });
  const { cluster, everyMs } = wanted;
  session.output.json({ cluster, everyMs, isNew });
  const begins = isNew ? 'from now on' : 'from now on; its schedule was there already';
  session.output.line(`cluster ${cluster}: checked every ${intervalText(everyMs)} ${begins}`);
  session.output.line('its last result: npx groundswell drift --schedule');
  return exitCodes.done;
}

async function off(session: Session, cluster: string): Promise<number> {
  const ended = await endDriftSchedule(await session.connect(), cluster);
  session.output.json({ cluster, ended });
  session.output.line(
    ended ? `cluster ${cluster}: no schedule checks it any more` : `cluster ${cluster}: no schedule checked it`,
  );
  return exitCodes.done;
}

/** Ends with the exit code of the last check. */
async function show(session: Session, cluster: string): Promise<number> {
  const { output } = session;
  const found = await readDriftSchedule(await session.connect(), cluster);
  const error = found?.last?.error === undefined ? undefined : explainError(found.last.error);
  output.json({ cluster, schedule: found === undefined ? null : asJson(found, error) });
  if (found === undefined) {
    output.line(`cluster ${cluster}: no schedule checks it`);
    output.line('to make one: npx groundswell drift --every 1h');
    return exitCodes.done;
  }
  const next = found.next === undefined ? '' : `, the next time at ${found.next}`;
  const how = found.paused
    ? `is paused (every ${intervalText(found.everyMs)})`
    : `checks it every ${intervalText(found.everyMs)}${next}`;
  output.line(`cluster ${cluster}: a schedule ${how}`);
  output.line(lastLine(found.last));
  if (found.last?.report !== undefined) output.lines(showDrift(found.last.report, { columns: output.columns }));
  if (error !== undefined) output.line([span(`${error.message} → ${error.advice ?? ''}`, 'bad')]);
  return error?.exitCode ?? (found.last?.report === undefined ? exitCodes.done : exitCodeOf(found.last.report));
}

function asJson({ last, ...rest }: DriftSchedule, error: Explanation | undefined): unknown {
  if (last === undefined) return rest;
  return { ...rest, last: { ...last, ...(error === undefined ? {} : { error }) } };
}

function lastLine(last: LastCheck | undefined): string {
  if (last === undefined) return 'it has made no check yet';
  const { startedAt, report, error, workflowId } = last;
  if (report !== undefined) return `last check, at ${report.checkedAt}:`;
  return error === undefined ? `a check runs since ${startedAt}` : `the check at ${startedAt} (${workflowId}) failed:`;
}
