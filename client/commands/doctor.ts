import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { cellsOf, padEndCells, widestOf } from '../../model/show/cells.js';
import { span, type Line, type Span } from '../../model/show/line.js';
import { checkEc2, checkNode, checkSpec, checkTemporal, checkTools } from '../doctor/doctor-checks.js';
import { type Check } from '../doctor/check.js';
import { exitCodes } from '../exit-codes.js';
import type { Session } from '../session.js';
import { defineCommand, perform, type CliRun, type SharedOptions } from '../cli/define-command.js';

/**
 * `doctor`: shows which programs and services there are, from where, which are missing, and what to type. Changes
 * nothing.
 */
export function addDoctor(program: Command, run: CliRun): void {
  defineCommand(program, 'doctor').action((options: SharedOptions) => perform(run, options, doctor));
}

async function doctor(session: Session): Promise<number> {
  const { output } = session;
  const target = await session.target();
  const connection: Client | { readonly problem: unknown } = await session
    .connect()
    .catch((problem: unknown) => ({ problem }));
  const groups = await Promise.all([
    checkTemporal(connection, target),
    checkSpec(target),
    checkEc2(target).then((check) => [check]),
    checkTools(target),
  ]);
  const checks = [checkNode(), ...groups.flat()];
  const missing = checks.filter(({ state }) => state === 'missing').length;
  output.json({ ok: missing === 0, target: target.kind, checks });
  output.lines(showChecks(checks, output.columns));
  output.line('');
  output.line([missing === 0 ? span('nothing is missing', 'good') : span(`${String(missing)} missing`, 'bad')]);
  return missing === 0 ? exitCodes.done : exitCodes.failed;
}

const marks: Readonly<Record<Check['state'], Span>> = {
  ok: span('✓ ', 'good'),
  missing: span('✗ ', 'bad'),
  optional: span('– ', 'dim'),
};

/**
 * Shows checks as a table, with the advice below each check that is not ok. A place that does not fit into its row
 * stands below the row too.
 */
export function showChecks(checks: readonly Check[], columns: number): readonly Line[] {
  const nameWidth = widestOf(checks.map(({ name }) => name)) + 2;
  const foundWidth = Math.min(44, widestOf(checks.map(({ found }) => found)) + 2);
  const below = padEndCells('', nameWidth + 2);
  return checks.flatMap(({ name, state, found, from = '', advice }): readonly Line[] => {
    const head = [marks[state], span(padEndCells(name, nameWidth))];
    const place = span(from, 'dim');
    const row = `${padEndCells(found, foundWidth - 2)}  `;
    const fits = cellsOf(below) + cellsOf(row) + cellsOf(from) <= columns;
    return [
      ...(fits
        ? [[...head, span(row), place]]
        : [
            [...head, span(found)],
            [span(below), place],
          ]),
      ...(advice === undefined ? [] : [[span(`${below}→ ${advice}`)]]),
    ];
  });
}
