import { escapeHtml } from './escape-html.js';
import { kindsText } from './kinds-text.js';
import { leftText, listedPath } from './listed-path.js';
import { classOf } from './report-chart.js';
import type { Minutes, ReportedLane, RollOutReport } from './roll-out-report.js';
import { minutesTitle, share, took } from './time-words.js';

interface Column<Entry> {
  readonly title: string;
  /** Class of its cells; numbers stand at the right. */
  readonly kind: 'name' | 'number' | 'message';
  readonly text: (entry: Entry) => string;
  /** Classes of a small square before the text, in the colour that stands for the entry elsewhere. Default: none. */
  readonly swatch?: (entry: Entry) => string;
}

/** Parts of one kind lie side by side in the bar: each has another shade of its colour than its neighbours. */
const shades = 4;
/** A narrower part of the bar has no room for its name; the table below it has all of them. */
const leastNamedShare = 0.07;

/** Where the minutes went: one bar with a named part for each row, and a table with the same colours and the sum. */
export function minutesTable({ minutes, wallMs }: RollOutReport): string {
  const classes = new Map(minutes.map((row, index) => [row, `${classOf(row)} shade-${index % shades}`]));
  const classesOf = (row: Minutes): string => classes.get(row) ?? '';
  const bar = minutes.map((row) => {
    const name = escapeHtml(minutesTitle(row));
    const label = row.ms / Math.max(1, wallMs) < leastNamedShare ? '' : name.replace(/^working: /, '');
    return `<span class="${classesOf(row)}" style="flex: ${row.ms}" title="${name}: ${took(row.ms)}">${label}</span>`;
  });
  const columns: readonly Column<Minutes>[] = [
    { title: 'work or wait', kind: 'name', text: minutesTitle, swatch: classesOf },
    { title: 'time', kind: 'number', text: ({ ms }) => took(ms) },
    { title: 'share', kind: 'number', text: ({ ms }) => share(ms, wallMs) },
  ];
  const sum = `<tr><td class="name"><b>all</b></td><td class="number"><b>${took(wallMs)}</b></td><td class="number"></td></tr>`;
  return `<div class="sum">${bar.join('')}</div>${table(columns, minutes, sum)}`;
}

/** The critical path, one row for each part that is long enough to be looked at. */
export function pathTable({ criticalPath }: RollOutReport): string {
  const { parts, left } = listedPath(criticalPath);
  const rest = left.count === 0 ? '' : `<p class="dim">${leftText(left)}</p>`;
  const rows = table(
    [
      { title: 'at', kind: 'number', text: ({ fromMs }) => took(fromMs) },
      { title: 'for', kind: 'number', text: ({ fromMs, toMs }) => took(toMs - fromMs) },
      { title: 'where', kind: 'name', text: ({ step, lane }) => step ?? lane ?? 'the run' },
      {
        title: 'what',
        kind: 'message',
        text: (part) => [minutesTitle(part), part.note ?? ''].filter(Boolean).join(', '),
      },
      { title: 'reason of the wait', kind: 'message', text: ({ because }) => because ?? '' },
    ],
    parts,
  );
  return `${rows}${rest}`;
}

/** Every lane of a group: when it began, how long it took, worked and waited for what. */
export function laneTable(lanes: readonly ReportedLane[]): string {
  return table(
    [
      {
        title: 'name',
        kind: 'name',
        text: ({ title, wave }) => (wave === undefined ? title : `wave ${wave}: ${title}`),
      },
      { title: 'began at', kind: 'number', text: ({ fromMs }) => took(fromMs) },
      { title: 'took', kind: 'number', text: ({ fromMs, toMs }) => took(toMs - fromMs) },
      {
        title: 'worked',
        kind: 'number',
        text: ({ times }) => took(times.find(({ kind }) => kind === 'work')?.ms ?? 0),
      },
      { title: 'waited', kind: 'message', text: kindsText },
      { title: 'end', kind: 'name', text: ({ state }) => (state === 'open' ? 'goes on' : state) },
    ],
    lanes,
  );
}

/** The stops that waited for a person, with the answers. */
export function parksTable({ parks, wallMs }: RollOutReport): string {
  return table(
    [
      { title: 'step', kind: 'name', text: ({ step }) => step },
      { title: 'parked at', kind: 'number', text: ({ fromMs }) => took(fromMs) },
      { title: 'waited', kind: 'number', text: ({ fromMs, toMs }) => took((toMs ?? wallMs) - fromMs) },
      { title: 'why', kind: 'message', text: ({ failure }) => failure ?? '' },
      {
        title: 'answer',
        kind: 'message',
        text: ({ answer, toMs }) =>
          answer === undefined
            ? toMs === undefined
              ? 'waits for a person'
              : 'ended without an answer'
            : `${answer.by} answered ${answer.action}: ${answer.reason}`,
      },
    ],
    parks,
  );
}

/** The tries that failed, with their failures. */
export function failedTriesTable({ failedTries }: RollOutReport): string {
  return table(
    [
      { title: 'at', kind: 'number', text: ({ atMs }) => took(atMs) },
      { title: 'step', kind: 'name', text: ({ step }) => step },
      { title: 'failure', kind: 'name', text: ({ type }) => type },
      { title: 'message', kind: 'message', text: ({ message }) => message },
    ],
    failedTries,
  );
}

function table<Entry>(columns: readonly Column<Entry>[], entries: readonly Entry[], last = ''): string {
  const head = columns.map(({ title, kind }) => `<th class="${kind}">${escapeHtml(title)}</th>`).join('');
  const rows = entries.map((entry) => {
    const cells = columns.map(({ kind, text, swatch }) => {
      const square = swatch === undefined ? '' : `<span class="swatch ${swatch(entry)}"></span>`;
      return `<td class="${kind}">${square}${escapeHtml(text(entry))}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}${last}</tbody></table></div>`;
}
