import { alignColumns } from '../../model/show/table.js';
import type { ColumnResult, LegEnd } from './crash-column.js';
import type { Column } from './director.js';
import { differences } from './end-state.js';
import { whyNotApplicable } from './moments.js';
import { activityOfRow } from './rows.js';

/** One row in one column. */
export interface Cell {
  readonly row: string;
  readonly column: Column;
  readonly verdict: 'good' | 'bad' | 'not applicable';
  /** Why it is bad or not applicable. */
  readonly reason: string;
}

/** What of a column is another than in one in peace, after each leg that it came to. */
export function deviations(calm: ColumnResult, struck: ColumnResult): readonly string[] {
  return [
    ...struck.problems,
    ...[...struck.legs].flatMap(([name, end]) => {
      const expected = calm.legs.get(name);
      return expected === undefined ? [] : differentEnds(expected, end).map((line) => `after the ${name}: ${line}`);
    }),
  ];
}

function differentEnds(calm: LegEnd, struck: LegEnd): readonly string[] {
  const lines = ({ state }: LegEnd): readonly string[] =>
    Object.entries(state).flatMap(([what, items]: [string, readonly string[]]) =>
      items.map((item) => `${what}: ${item}`),
    );
  const counts = ({ effects }: LegEnd): readonly string[] =>
    [...effects].filter(([, count]) => count !== 0).map(([name, count]) => `${name}: ${count} effects`);
  return [...differences(lines(calm), lines(struck)), ...differences(counts(calm), counts(struck))];
}

/** The cells of a column, one for each row. */
export function cellsOf(
  column: Column,
  { rows, strikes }: Pick<ColumnResult, 'rows' | 'strikes'>,
  wrong: readonly string[],
): readonly Cell[] {
  return rows.map((row): Cell => {
    const reason = whyNotApplicable(activityOfRow(row), column.moment);
    if (reason !== undefined) return { row, column, verdict: 'not applicable', reason };
    const strike = strikes.get(row);
    const problem = strike === undefined ? 'it never happened' : strike.problem;
    if (problem !== undefined) return { row, column, verdict: 'bad', reason: problem };
    return { row, column, verdict: wrong.length === 0 ? 'good' : 'bad', reason: '' };
  });
}

const signs = { good: '✓', bad: '✗', 'not applicable': '–' } as const;

/** Rows are activity types on their occasions, columns are what happened to them; below it why a cell is not ✓, and the count. */
export function crashTable(
  columns: readonly Column[],
  cells: readonly Cell[],
  wrong: ReadonlyMap<Column, readonly string[]>,
): string {
  const rows = [...new Set(cells.map(({ row }) => row))];
  const cell = (row: string, column: Column) => cells.find((one) => one.row === row && one.column === column);
  const lines = [
    ['', ...columns.map(({ fault }, index) => (columns[index - 1]?.fault === fault ? '' : fault))],
    ['ACTIVITY', ...columns.map(({ moment }) => moment.replace(' the effect', '').replace('a ', ''))],
    ...rows.map((row) => [row, ...columns.map((column) => signs[cell(row, column)?.verdict ?? 'bad'])]),
  ];
  const count = (verdict: Cell['verdict']): number => cells.filter((one) => one.verdict === verdict).length;
  const reasons = [
    ...new Set(cells.filter(({ reason }) => reason !== '').map(explained)),
    ...columns.flatMap((column) => (wrong.get(column) ?? []).map((line) => `✗ ${titleOf(column)}: ${line}`)),
  ];
  return [
    ...alignColumns(lines),
    '',
    ...reasons,
    `${new Set(rows.map(activityOfRow)).size} activity types, ${rows.length} rows × ${columns.length} columns: ` +
      `${count('good')} good, ${count('bad')} bad, ${count('not applicable')} not applicable`,
  ].join('\n');
}

function explained({ row, column, verdict, reason }: Cell): string {
  if (verdict === 'not applicable') return `– ${row}: ${reason}`;
  return `✗ ${row}, ${titleOf(column)}: ${reason}`;
}

function titleOf({ fault, moment }: Column): string {
  return `${fault} ${moment}`;
}
