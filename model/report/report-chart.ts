import { escapeHtml } from './escape-html.js';
import type { PathPart } from './critical-path.js';
import { timeKinds, type Stretch } from './lane.js';
import type { ReportedLane, RollOutReport } from './roll-out-report.js';
import { kindTitles, minutesTitle, took } from './time-words.js';

/** Height of a row in pixels: of its label beside the chart too. */
export const rowHeight = 22;
const axisHeight = 24;

/** A row of the timeline: the title of a group of lanes, or a lane. */
export type Row = { readonly title: string } | { readonly lane: ReportedLane };

/** The rows of a report: the plan and the network, the nodes, then each wave with its units, verify. */
export function rowsOf({ lanes }: Pick<RollOutReport, 'lanes'>): readonly Row[] {
  const rows: Row[] = [];
  let group: string | undefined;
  for (const lane of lanes) {
    const title = groupTitle(lane);
    if (title !== group) rows.push({ title });
    group = title;
    rows.push({ lane });
  }
  return rows;
}

function groupTitle({ group, wave }: ReportedLane): string {
  if (group === 'node') return 'nodes';
  return group === 'unit' ? `wave ${wave ?? 0}` : group === 'plan' ? 'network' : group;
}

/**
 * The timeline as one SVG without any script. Positions are percentages of its width, so that it fits every window and
 * its text keeps its size. What is worked on is a full bar, a wait a thin one; the critical path is the line under the
 * bars.
 */
export function reportChart(report: RollOutReport): string {
  const rows = rowsOf(report);
  const height = axisHeight + rows.length * rowHeight;
  const scale = (ms: number): string => `${round((100 * ms) / Math.max(1, report.wallMs))}%`;
  const ticks = ticksOf(report.wallMs);
  return [
    `<svg class="chart" role="img" aria-label="timeline of ${escapeHtml(report.cluster)}, ${took(report.wallMs)}" width="100%" height="${height}">`,
    ...ticks.map((ms) => tick({ ms, wallMs: report.wallMs, x: scale(ms), height })),
    ...rows.flatMap((row, index) =>
      'lane' in row ? bars(row.lane, { y: yOf(index), wallMs: report.wallMs, scale }) : [],
    ),
    ...pathLines(report, rows, scale),
    '</svg>',
  ].join('\n');
}

interface Place {
  readonly y: number;
  readonly wallMs: number;
  readonly scale: (ms: number) => string;
}

function yOf(row: number): number {
  return axisHeight + row * rowHeight;
}

function bars(lane: ReportedLane, place: Place): readonly string[] {
  const { y, scale } = place;
  return lane.stretches.map((stretch) => {
    const full = stretch.kind === 'work';
    const top = full ? y + 3 : y + 8;
    const size = `x="${scale(stretch.fromMs)}" y="${top}" width="${scale(stretch.toMs - stretch.fromMs)}" height="${full ? 12 : 4}"`;
    const failed = isFailed(stretch) ? ' failed' : '';
    const text = escapeHtml(stretchText(lane, stretch));
    return `<rect class="${classOf(stretch)}${failed}" ${size}><title>${text}</title></rect>${barLabel(stretch, place)}`;
  });
}

/** What is worked on, written into its bar where there is room for a word; cut off at its end where there is not quite. */
function barLabel({ kind, part, fromMs, toMs }: Stretch, { y, wallMs, scale }: Place): string {
  if (kind !== 'work' || part === undefined || (toMs - fromMs) / wallMs < 0.05) return '';
  return (
    `<svg x="${scale(fromMs)}" y="${y + 3}" width="${scale(toMs - fromMs)}" height="12">` +
    `<text class="bar-label" x="4" y="9.5">${escapeHtml(part)}</text></svg>`
  );
}

/** The class of a kind of time, for colours. */
export function classOf({ kind }: Pick<Stretch, 'kind'>): string {
  return `k-${kind.replace(' ', '-')}`;
}

function stretchText(lane: ReportedLane, stretch: Stretch): string {
  const note = stretch.note === undefined ? '' : `\n${stretch.note}`;
  const times = `${took(stretch.toMs - stretch.fromMs)}, from ${took(stretch.fromMs)} to ${took(stretch.toMs)}`;
  return `${stretch.step ?? lane.title}: ${minutesTitle(stretch)}, ${times}${note}`;
}

/** A line under each bar of the critical path, and one down or up to where it goes on. */
function pathLines(
  { criticalPath }: RollOutReport,
  rows: readonly Row[],
  scale: (ms: number) => string,
): readonly string[] {
  const yOfLane = new Map(
    rows.flatMap((row, index) => ('lane' in row ? [[row.lane.id, yOf(index) + 18] as const] : [])),
  );
  let before: number | undefined;
  return criticalPath.flatMap((part: PathPart): readonly string[] => {
    const y = part.lane === undefined ? undefined : yOfLane.get(part.lane);
    if (y === undefined) return [];
    const x = scale(part.fromMs);
    const jump =
      before === undefined || before === y ? [] : [`<line class="path" x1="${x}" x2="${x}" y1="${before}" y2="${y}"/>`];
    before = y;
    return [...jump, `<line class="path" x1="${x}" x2="${scale(part.toMs)}" y1="${y}" y2="${y}"/>`];
  });
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const steps = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((seconds) => seconds * secondMs),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 4, 8, 12, 24, 48, 96, 168, 336, 720].map((hours) => hours * hourMs),
];

/** Round moments to write at the axis, eight at most besides the first. */
export function ticksOf(wallMs: number): readonly number[] {
  const step = steps.find((ms) => wallMs / ms <= 8) ?? wallMs / 8;
  return Array.from({ length: Math.floor(wallMs / step) + 1 }, (_, index) => index * step);
}

function tick({ ms, wallMs, x, height }: { ms: number; wallMs: number; x: string; height: number }): string {
  const anchor = ms === 0 ? 'start' : ms / wallMs > 0.96 ? 'end' : 'middle';
  return (
    `<line class="grid" x1="${x}" x2="${x}" y1="${axisHeight - 6}" y2="${height}"/>` +
    `<text class="axis" x="${x}" y="12" text-anchor="${anchor}">${took(ms)}</text>`
  );
}

/** A key of the colours: every kind of time that the report has. */
export function legend({ lanes }: Pick<RollOutReport, 'lanes'>): string {
  const kinds = timeKinds.filter((kind) => lanes.some(({ times }) => times.some((time) => time.kind === kind)));
  const failed = lanes.some(({ stretches }) => stretches.some(isFailed));
  const keys = [
    ...kinds.map((kind) => key(bar(classOf({ kind }), kind === 'work'), kindTitles[kind])),
    ...(failed ? [key(bar('failed', true), 'failed work')] : []),
    key('<line class="path" x1="0" x2="22" y1="7" y2="7"/>', 'critical path'),
  ];
  return `<ul class="legend">${keys.join('')}</ul>`;
}

function key(drawing: string, text: string): string {
  return `<li><svg width="22" height="14" aria-hidden="true">${drawing}</svg> ${text}</li>`;
}

function bar(kind: string, full: boolean): string {
  return `<rect class="${kind}" width="22" height="${full ? 12 : 4}" y="${full ? 1 : 5}"/>`;
}

function isFailed({ failed }: Stretch): boolean {
  return failed === true;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
