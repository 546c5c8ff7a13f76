import { oneLine } from '../show/one-line.js';
import { padEndCells, padStartCells, widestOf } from '../show/cells.js';
import { span, type Line, type Tone } from '../show/line.js';
import { shortDigest } from '../show/show-step.js';
import type { PathPart } from './critical-path.js';
import { kindsText } from './kinds-text.js';
import type { TimeKind } from './lane.js';
import { leftText, listedPath } from './listed-path.js';
import type { ReportedLane, RollOutReport } from './roll-out-report.js';
import { beforeText, minutesTitle, share, took } from './time-words.js';

const tones: Readonly<Record<TimeKind, Tone>> = {
  work: 'busy',
  queue: 'plain',
  retry: 'bad',
  person: 'bad',
  'control plane': 'plain',
  nodes: 'plain',
  worker: 'bad',
  lost: 'bad',
  'hand-over': 'dim',
};

/** The report for a terminal of so many columns: where the minutes went, the critical path, then every node and unit. */
export function showReport(report: RollOutReport, { columns }: { readonly columns: number }): readonly Line[] {
  const sections = [
    head(report),
    minutes(report, columns),
    path(report),
    lanes(report, 'node', 'nodes'),
    lanes(report, 'unit', 'units'),
    people(report),
    pauses(report),
    failedTries(report),
    gaps(report),
  ].filter((section) => section.length > 0);
  return sections.flatMap((section, index) => [...(index === 0 ? [] : [[]]), ...section]);
}

function head(report: RollOutReport): readonly Line[] {
  const tone = report.state === 'done' ? 'good' : report.state === 'open' ? 'busy' : 'bad';
  const plan = report.planDigest === undefined ? '' : `  plan ${shortDigest(report.planDigest)}`;
  const soFar = report.state === 'open' ? ' so far' : '';
  return [
    [
      span(report.cluster, 'strong'),
      span('  '),
      span(report.state === 'open' ? 'rolling out' : report.state, tone),
      span(`  ${took(report.wallMs)}${soFar}`, 'strong'),
      span(`  since ${report.startedAt}${plan}`, 'dim'),
    ],
    ...(report.before === undefined ? [] : [[span(beforeText(report.before), 'dim')]]),
  ];
}

function minutes({ minutes: rows, wallMs }: RollOutReport, columns: number): readonly Line[] {
  const width = widestOf(rows.map(minutesTitle));
  const barWidth = Math.max(0, Math.min(40, columns - width - 24));
  return [
    [span('where the minutes went', 'strong'), span('  (on the critical path; the parts add up to the whole)', 'dim')],
    ...rows.map((row): Line => {
      const bar = '█'.repeat(Math.round((barWidth * row.ms) / Math.max(1, wallMs)));
      return [
        span(
          `  ${padEndCells(minutesTitle(row), width)}  ${padStartCells(took(row.ms), 8)}  ${padStartCells(share(row.ms, wallMs), 5)}  `,
        ),
        span(bar, tones[row.kind]),
      ];
    }),
  ];
}

function path({ criticalPath }: RollOutReport): readonly Line[] {
  const { parts, left } = listedPath(criticalPath);
  const width = widestOf(parts.map(whereOf));
  return [
    [span('critical path', 'strong'), span('  (start, length, place, work; ← reason of the wait)', 'dim')],
    ...parts.map((part): Line => [
      span(`  ${padStartCells(took(part.fromMs), 8)}  ${padStartCells(took(part.toMs - part.fromMs), 8)}  `),
      span(`${padEndCells(whereOf(part), width)}  `),
      span(minutesTitle(part), tones[part.kind]),
      span(part.note === undefined ? '' : `, ${oneLine(part.note, ' | ')}`),
      span(part.because === undefined ? '' : `  ← ${part.because}`, 'dim'),
    ]),
    ...(left.count === 0 ? [] : [[span(`  ${leftText(left)}`, 'dim')]]),
  ];
}

function whereOf({ lane, step }: PathPart): string {
  return step ?? lane ?? 'the run';
}

function lanes(report: RollOutReport, group: ReportedLane['group'], title: string): readonly Line[] {
  const own = report.lanes.filter((lane) => lane.group === group);
  if (own.length === 0) return [];
  const width = widestOf([...own.map(nameOf), title]);
  return [
    [
      span(`  ${padEndCells(title, width)}`, 'strong'),
      span(
        `  ${padStartCells('started at', 8)}  ${padStartCells('took', 8)}  ${padStartCells('worked', 8)}  waited`,
        'dim',
      ),
    ],
    ...own.map((lane): Line => {
      const workMs = lane.times.find(({ kind }) => kind === 'work')?.ms ?? 0;
      const state = lane.state === 'done' ? [] : [span(`  ${lane.state === 'open' ? 'continues' : lane.state}`, 'bad')];
      return [
        span(
          `  ${padEndCells(nameOf(lane), width)}  ${padStartCells(took(lane.fromMs), 8)}  ${padStartCells(took(lane.toMs - lane.fromMs), 8)}`,
        ),
        span(`  ${padStartCells(took(workMs), 8)}  ${kindsText(lane)}`),
        ...state,
      ];
    }),
  ];
}

function nameOf({ title, wave }: ReportedLane): string {
  return wave === undefined ? title : `${wave}  ${title}`;
}

function people({ parks, wallMs }: RollOutReport): readonly Line[] {
  if (parks.length === 0) return [];
  return [
    [span('parked', 'strong')],
    ...parks.flatMap(({ step, fromMs, toMs, failure, answer }): readonly Line[] => [
      [
        span(`  ${padStartCells(took(fromMs), 8)}  ${padStartCells(took((toMs ?? wallMs) - fromMs), 8)}  ${step}  `),
        answer === undefined
          ? span(toMs === undefined ? 'waits for a person' : 'ended without an answer', 'bad')
          : span(`${answer.by} answered ${answer.action}: ${oneLine(answer.reason, ' | ')}`, 'good'),
      ],
      ...(failure === undefined ? [] : [[span(`                      ${oneLine(failure, ' | ')}`, 'dim')]]),
    ]),
  ];
}

function pauses({ pauses: all, wallMs }: RollOutReport): readonly Line[] {
  if (all.length === 0) return [];
  return [
    [span('paused', 'strong')],
    ...all.map(({ fromMs, toMs, by, reason }): Line => [
      span(
        `  ${padStartCells(took(fromMs), 8)}  ${padStartCells(took((toMs ?? wallMs) - fromMs), 8)}  by ${by}: ${oneLine(reason, ' | ')}`,
      ),
    ]),
  ];
}

function failedTries({ failedTries: tries }: RollOutReport): readonly Line[] {
  if (tries.length === 0) return [];
  return [
    [span('tries that failed', 'strong')],
    ...tries.map(({ step, atMs, type, message }): Line => [
      span(`  ${padStartCells(took(atMs), 8)}  ${step}  `),
      span(type, 'bad'),
      span(`: ${oneLine(message, ' | ')}`, 'dim'),
    ]),
  ];
}

function gaps({ workerGaps }: RollOutReport): readonly Line[] {
  if (workerGaps.length === 0) return [];
  return [
    [span('no worker answered', 'strong')],
    ...workerGaps.map(({ fromMs, toMs }): Line => [
      span(`  ${padStartCells(took(fromMs), 8)}  ${padStartCells(took(toMs - fromMs), 8)}`, 'bad'),
    ]),
  ];
}
