import { alignColumns } from '../../model/show/table.js';
import type { ColumnResult } from './crash-column.js';
import type { Column } from './director.js';
import { differences } from './end-state.js';
import { whyNotApplicable } from './moments.js';

/** One activity type in one column. */
export interface Cell {
  readonly activity: string;
  readonly column: Column;
  readonly verdict: 'good' | 'bad' | 'not applicable';
  /** Why it is bad or not applicable. */
  readonly reason: string;
}

/** What of a column is another than in a roll-out in peace. */
export function deviations(calm: ColumnResult, struck: ColumnResult): readonly string[] {
  const lines = ({ state }: ColumnResult): readonly string[] =>
    Object.entries(state).flatMap(([what, items]: [string, readonly string[]]) =>
      items.map((item) => `${what}: ${item}`),
    );
  const effects = (result: ColumnResult): readonly string[] =>
    [...result.effects].filter(([, count]) => count !== 0).map(([name, count]) => `${name}: ${count} effects`);
  return [
    ...struck.problems,
    ...differences(lines(calm), lines(struck)),
    ...differences(effects(calm), effects(struck)),
  ];
}

/** The cells of a column, one for each activity type. */
export function cellsOf(
  column: Column,
  { activities, strikes }: Pick<ColumnResult, 'activities' | 'strikes'>,
  wrong: readonly string[],
): readonly Cell[] {
  return activities.map((activity): Cell => {
    const reason = whyNotApplicable(activity, column.moment);
    if (reason !== undefined) return { activity, column, verdict: 'not applicable', reason };
    const strike = strikes.get(activity);
    const problem = strike === undefined ? 'it never happened' : strike.problem;
    if (problem !== undefined) return { activity, column, verdict: 'bad', reason: problem };
    return { activity, column, verdict: wrong.length === 0 ? 'good' : 'bad', reason: '' };
  });
}

const signs = { good: '✓', bad: '✗', 'not applicable': '–' } as const;

/** Rows are activity types, columns are what happened to them; below it why a cell is not ✓, and the count. */
export function crashTable(
  columns: readonly Column[],
  cells: readonly Cell[],
  wrong: ReadonlyMap<Column, readonly string[]>,
): string {
  const activities = [...new Set(cells.map(({ activity }) => activity))];
  const cell = (activity: string, column: Column) =>
    cells.find((one) => one.activity === activity && one.column === column);
  const rows = [
    ['', ...columns.map(({ fault }, index) => (columns[index - 1]?.fault === fault ? '' : fault))],
    ['ACTIVITY', ...columns.map(({ moment }) => moment.replace(' the effect', '').replace('a ', ''))],
    ...activities.map((activity) => [
      activity,
      ...columns.map((column) => signs[cell(activity, column)?.verdict ?? 'bad']),
    ]),
  ];
  const count = (verdict: Cell['verdict']): number => cells.filter((one) => one.verdict === verdict).length;
  const reasons = [
    ...new Set(cells.filter(({ reason }) => reason !== '').map(explained)),
    ...columns.flatMap((column) => (wrong.get(column) ?? []).map((line) => `✗ ${titleOf(column)}: ${line}`)),
  ];
  return [
    ...alignColumns(rows),
    '',
    ...reasons,
    `${activities.length} activity types × ${columns.length} columns: ` +
      `${count('good')} good, ${count('bad')} bad, ${count('not applicable')} not applicable`,
  ].join('\n');
}

function explained({ activity, column, verdict, reason }: Cell): string {
  if (verdict === 'not applicable') return `– ${activity}: ${reason}`;
  return `✗ ${activity}, ${titleOf(column)}: ${reason}`;
}

function titleOf({ fault, moment }: Column): string {
  return `${fault} ${moment}`;
}
