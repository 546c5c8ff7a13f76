import { join } from 'node:path';
import type { Command } from 'commander';
import { unwiseInSpec } from '../../model/planner/unwise.js';
import { checkManifests } from '../../worker/check-manifests.js';
import { root } from '../../installation/config.js';
import { exitCodes } from '../exit-codes.js';
import { readSpec } from '../read-spec.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/**
 * `validate [file]`: reads a spec and the manifests of its units, and shows their problems. Also shows warnings, which
 * change no exit code. Needs no server.
 */
export function addValidate(program: Command, run: CliRun): void {
  defineCommand(program, 'validate')
    .argument('[file]', 'spec file; default: the spec of the worker, and cluster.yaml while a rehearsal runs')
    .action((file: string | undefined, options: SharedOptions) =>
      perform(run, options, (session) => validate(session, file)),
    );
}

async function validate(session: Session, file: string | undefined): Promise<number> {
  const { output } = session;
  const read = await readSpec(file ?? (await defaultSpec(session)));
  const units = read.ok ? read.spec.units : read.units;
  const inManifests = await checkManifests(units, read.file);
  const unwise = [...(read.ok ? unwiseInSpec(read.spec) : []), ...inManifests.warnings];
  const warnings = unwise.map((message) => ({ message: `${read.file}: ${message}` }));
  const problems = [
    ...(read.ok ? [] : read.problems),
    ...inManifests.problems.map((message) => ({ message: `${read.file}: ${message}` })),
  ];
  if (read.ok && problems.length === 0) {
    const { cluster, nodes } = read.spec;
    const counts = { nodes: nodes.length, units: units.length };
    output.json({ valid: true, file: read.file, cluster, ...counts, problems: [], warnings });
    for (const { message } of warnings) output.note(`warning: ${message}`);
    output.line(
      `${read.file}: valid; cluster ${cluster}, ${counted(nodes.length, 'node')}, ${counted(units.length, 'unit')}`,
    );
    return exitCodes.done;
  }
  output.json({ valid: false, file: read.file, problems, warnings });
  for (const problem of problems) output.line(problem.message);
  for (const { message } of warnings) output.note(`warning: ${message}`);
  output.note(`${read.file}: ${counted(problems.length, 'problem')}`);
  return exitCodes.usage;
}

/**
 * Returns cluster.yaml while a rehearsal runs: the rehearsal makes the spec of the target from it, and a person edits
 * cluster.yaml.
 */
async function defaultSpec(session: Session): Promise<string> {
  const target = await session.target();
  return target.kind === 'live' ? target.spec : join(root, 'cluster.yaml');
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
