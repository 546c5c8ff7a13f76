import { holderText } from '../facts/world-lock.js';
import { differingKinds, type Difference } from '../plan/differences.js';
import { differencesText, type DriftReport } from '../status/drift.js';
import { cellsOf } from './cells.js';
import { span, type Line } from './line.js';
import { wrapLine } from './wrap-line.js';

const titles: Readonly<Record<Difference['kind'], string>> = {
  cluster: 'cluster',
  node: 'nodes',
  unit: 'units',
  network: 'network',
  setting: 'settings',
};

/**
 * A check for drift as text for people: how many things differ, then each group with its things and their causes. Things with
 * the same cause share a row. Rows are as wide as the terminal.
 */
export function showDrift(report: DriftReport, { columns }: { readonly columns: number }): readonly Line[] {
  const { cluster, count, differences } = report;
  const first: Line = [
    span(`${differencesText(count)} between cluster ${cluster} and its spec`, count === 0 ? 'good' : 'bad'),
  ];
  const going = differences.filter(({ stays }) => stays === undefined);
  const staying = differences.filter(({ stays }) => stays === true);
  const groups = [
    ...differingKinds.map((kind) =>
      group(
        titles[kind],
        going.filter((each) => each.kind === kind),
        columns,
      ),
    ),
    group('different, but Groundswell does not change it', staying, columns),
    footer(report, going.length > 0),
  ];
  return [
    ...wrapLine(first, columns),
    ...beside(report).flatMap((line) => wrapLine(line, columns)),
    ...groups.filter((lines) => lines.length > 0).flatMap((lines) => [[], ...lines]),
  ];
}

/** What else is known that makes the differences look otherwise. */
function beside({ cluster, hidden, applying, heldBy }: DriftReport): readonly Line[] {
  return [
    ...(hidden === undefined
      ? []
      : [
          [
            span(
              `the cluster cannot be seen, because of its certificates: ${hidden}; what else differs is unknown`,
              'bad',
            ),
          ],
        ]),
    ...(applying === undefined
      ? []
      : [
          [span(`a roll-out is at work since ${applying.since} (${applying.by}); it may be about to end them`, 'busy')],
        ]),
    ...(heldBy === undefined
      ? []
      : [[span(`another Temporal holds the cluster: ${holderText(cluster, heldBy)}`, 'busy')]]),
  ];
}

function group(title: string, differences: readonly Difference[], columns: number): readonly Line[] {
  if (differences.length === 0) return [];
  const byCause = Map.groupBy(differences, ({ differs }) => differs);
  return [[span(title, 'strong')], ...[...byCause].flatMap(([cause, things]) => row(cause, things, columns))];
}

/** In one row where it fits; else the cause stands below the names. */
function row(cause: string, things: readonly Difference[], columns: number): readonly Line[] {
  const names = [...new Set(things.map(({ name }) => name))].join(', ');
  const whole = `  ${names}: ${cause}`;
  if (cellsOf(whole) <= columns) return [[span(whole)]];
  return [...wrapLine([span(`  ${names}:`)], columns), ...wrapLine([span(`      ${cause}`)], columns)];
}

function footer({ count, differences }: DriftReport, isMended: boolean): readonly Line[] {
  const more = count - differences.length;
  return [
    ...(more > 0 ? [[span(`and ${more} more: npx groundswell plan`)]] : []),
    ...(isMended ? [[span('what `up` would do about it: npx groundswell plan', 'dim')]] : []),
  ];
}
