import { stepTitle } from '../names/parse-step.js';
import { firstExpiryText } from '../planner/certificates.js';
import { cellsOf, padEndCells, widestOf } from './cells.js';
import { span, type Line, type Span } from './line.js';
import {
  changesText,
  duration,
  failureText,
  logsCommand,
  marks,
  noteOf,
  noteText,
  resolveCommand,
  shortDigest,
  stateOf,
  triesText,
} from './show-step.js';
import { residueStep } from '../steps.js';
import { headingCells, showNodes } from './show-nodes.js';
import { movedClause } from '../plan/moved-steps.js';
import { showBroken } from './broken-run.js';
import { showWanted } from './show-wanted.js';
import { wrapLine } from './wrap-line.js';
import {
  parkedSteps,
  type ActivitySnapshot,
  type ApplySnapshot,
  type FrontDoorSnapshot,
  type RollOutSnapshot,
} from '../status/status-snapshot.js';
import type { ApplyStatus, SkippedStep, StepStatus } from '../status/status.js';

const afterwards = 'this shows the end of the run; npx groundswell plan shows the cluster now';

export interface ShowStatusOptions {
  /** The present, for durations. */
  readonly nowMs: number;
  /** Leave the rows of done nodes out, for a small screen. Default false. */
  readonly brief?: boolean;
  /** Cells of a row. Default: as many as it takes, as in a pipe. */
  readonly columns?: number;
  /** Break sentences at the end of a row: for a screen that is drawn again, which cuts what is wider. Default false. */
  readonly wrap?: boolean;
}

/** The whole picture: network, a table of nodes, waves, verify, then what waits for a person and what to type. */
export function showStatus(snapshot: RollOutSnapshot, options: ShowStatusOptions): readonly Line[] {
  const { apply, gap } = snapshot;
  const frontDoors = snapshot.frontDoors.filter(({ status }) => status?.phase !== 'ended');
  const lines: Line[] = [];
  const wrapped = wrapper(options);
  if (gap !== undefined) lines.push(...wrapped([span(gap, 'bad')]), []);
  for (const { line } of showBroken(snapshot.broken ?? apply?.broken ?? [])) lines.push(...wrapped(line), []);
  if (apply === undefined && frontDoors.length === 0) {
    return [
      ...lines,
      [span(`${snapshot.cluster}: nothing runs, and no roll-out that carried a plan out is on record`)],
    ];
  }
  if (apply !== undefined) lines.push(headline(snapshot.cluster, apply, options.nowMs), ...showApply(apply, options));
  if (apply?.endedAtMs !== undefined) lines.push([], [span(afterwards, 'dim')]);
  // the one that applies is the table above
  const waiting = frontDoors.filter(({ status }) => status?.phase !== 'applying');
  if (waiting.length > 0 && apply !== undefined) lines.push([]);
  lines.push(...waiting.flatMap((door) => wrapped(showFrontDoor(door))));
  return [...lines, ...expiryLine(snapshot, options.nowMs).flatMap(wrapped)];
}

/** Breaks sentences into rows, where that is wanted. */
function wrapper({ wrap = false, columns = Infinity }: ShowStatusOptions): (line: Line) => readonly Line[] {
  return (line) => (wrap ? wrapLine(line, columns) : [line]);
}

/** As whoever looked last saw it. */
function expiryLine({ apply, frontDoors }: RollOutSnapshot, nowMs: number): readonly Line[] {
  const seen = [apply?.status?.expiry, ...frontDoors.map(({ status }) => status?.expiry)]
    .filter((expiry) => expiry !== undefined)
    .toSorted((a, b) => (a.seenAt < b.seenAt ? 1 : -1))[0];
  const text = seen === undefined ? undefined : firstExpiryText(seen, nowMs);
  return text === undefined ? [] : [[], [span(text, 'bad')]];
}

function headline(cluster: string, apply: ApplySnapshot, nowMs: number): Line {
  const state = apply.state === 'open' ? openState(apply.status) : apply.state;
  const tone = apply.state === 'done' ? 'good' : apply.state === 'open' ? 'busy' : 'bad';
  const plan = apply.status === undefined ? '' : `  plan ${shortDigest(apply.status.planDigest)}`;
  return [
    span(cluster, 'strong'),
    span('  '),
    span(state, tone),
    span(`${plan}  ${duration((apply.endedAtMs ?? nowMs) - apply.startedAtMs)}`, 'dim'),
  ];
}

function openState(status: ApplyStatus | undefined): string {
  if (status?.stopping === true) return 'stopping';
  if (status?.paused !== undefined) return 'paused';
  return status !== undefined && isTearDown(status) ? 'tearing down' : 'rolling out';
}

/** Whether the run ends its cluster: it looks for what is left, and verifies nothing. */
function isTearDown({ verify }: ApplyStatus): boolean {
  return verify.step === residueStep;
}

function showApply(apply: ApplySnapshot, options: ShowStatusOptions): readonly Line[] {
  const { status } = apply;
  if (status === undefined) return [[], ...showActivities(apply.activities)];
  const parked = parkedSteps(apply);
  const below: readonly Line[] = [
    [],
    [span(padEndCells('verify', headingCells)), stateOf(status.verify), ...noteOf(status.verify)],
    ...(status.skipped.length === 0 ? [] : [[], ...status.skipped.map(skippedLine)]),
    ...(parked.length === 0 ? [] : [[], ...parked.flatMap((step) => parkedBlock(step, apply.state === 'open'))]),
    ...(apply.state === 'open' ? showWanted(status).flatMap(({ line }) => [[], line]) : []),
  ];
  const removals = status.removals === undefined ? [] : [countedLine('removals', status.removals, (step) => step)];
  if (isTearDown(status)) return [[], ...removals, ...below.flatMap(wrapper(options))];
  return [
    [],
    countedLine('network', status.network),
    ...showNodes(apply, status, options),
    ...showWaves(apply, status, options),
    ...removals,
    ...below.flatMap(wrapper(options)),
  ];
}

function skippedLine({ step, reason, by }: SkippedStep): Line {
  return [span(`SKIPPED ${step}`, 'bad'), span(`  ${by}: ${reason}`, 'dim')];
}

function countedLine(
  title: string,
  steps: readonly StepStatus[],
  nameOf: (step: StepStatus['step']) => string = stepTitle,
): Line {
  const done = steps.filter((step) => step.state === 'done').length;
  const open = steps.filter((step) => step.state === 'running' || step.state === 'parked');
  const names = open.map(({ step }) => nameOf(step)).join(', ');
  if (steps.length === 0) return [span(padEndCells(title, headingCells)), span('nothing to do', 'dim')];
  return [
    span(padEndCells(title, headingCells)),
    span(`${done}/${steps.length} done`, done === steps.length ? 'good' : 'plain'),
    span(names === '' ? '' : `  ${names}`, 'busy'),
  ];
}

function showWaves(apply: ApplySnapshot, status: ApplyStatus, options: ShowStatusOptions): readonly Line[] {
  const lines = status.waves.flatMap(({ wave, state }): readonly Line[] => {
    const title = span(padEndCells(`wave ${wave}`, headingCells));
    const steps = apply.waves.find((seen) => seen.wave === wave)?.steps ?? [];
    if (state === 'untouched') return [[title, span('needs nothing', 'dim')]];
    if (state === 'not begun') return [];
    const notes = steps.filter((step) => noteText(step) !== undefined && step.state !== 'done');
    return [
      ...waveRows(title, steps, { ended: state === 'ended', ...options }),
      ...notes
        .map((step): Line => [
          span(`${padEndCells('', headingCells)}  ${stepTitle(step.step)}: ${noteText(step) ?? ''}`, 'dim'),
        ])
        .flatMap(wrapper(options)),
    ];
  });
  const later = status.waves.filter(({ state }) => state === 'not begun').map(({ wave }) => wave);
  if (later.length === 0) return lines;
  return [...lines, [span(`${later.length === 1 ? 'wave' : 'waves'} ${later.join(', ')}  not begun`, 'dim')]];
}

/** The units of a wave behind its title, in as many rows as they take. A unit that is cut off would seem absent. */
function waveRows(
  title: Span,
  steps: readonly StepStatus[],
  { ended, columns: rowCells = Infinity }: { readonly ended: boolean; readonly columns?: number },
): readonly Line[] {
  const rows: Span[][] = [[title]];
  let used = headingCells;
  for (const { step, state } of steps) {
    const name = ` ${stepTitle(step)}`;
    const cells = 1 + cellsOf(name);
    if (used > headingCells && used + cells >= rowCells) {
      rows.push([span(padEndCells('', headingCells))]);
      used = headingCells;
    }
    rows.at(-1)?.push(marks[state], span(`${name}   `));
    used += cells + 3;
  }
  if (ended) rows.at(-1)?.push(span('ended', 'bad'));
  return rows;
}

function showFrontDoor({ id, status }: FrontDoorSnapshot): Line {
  if (status === undefined) return [span(`${id}  open`)];
  if (status.phase === 'waiting for approval') {
    const digest = status.planDigest ?? '';
    return [
      span(`${id}  waits for approval of ${changesText(status.changes ?? 0)}${movedClause(status.moved)}: `, 'busy'),
      span(`npx groundswell approve ${shortDigest(digest)}`, 'strong'),
    ];
  }
  const doing = status.busyWith ?? status.note;
  const busy = doing === undefined ? '' : ` (${doing})`;
  return [span(`${id}  ${status.phase}${busy}`, 'dim')];
}

/** A step of a run that has ended cannot be answered any more. */
function parkedBlock(step: StepStatus, answerable: boolean): readonly Line[] {
  const { failure } = step;
  const tries = failure === undefined ? '' : `  ${failure.type} after ${triesText(failure.attempts)}`;
  return [
    [span(`${answerable ? 'PARKED' : 'WAS PARKED'}  ${step.step}${tries}`, 'bad')],
    ...(failure === undefined
      ? []
      : [[span(`        ${failureText(step)}`)], [span(`        ${failure.advice}`, 'dim')]]),
    ...[logsCommand(step.step), answerable ? resolveCommand(step) : undefined].flatMap((command): readonly Line[] =>
      command === undefined || failure?.advice.includes(command) === true
        ? []
        : [[span('        '), span(command, 'strong')]],
    ),
  ];
}

function showActivities(activities: readonly ActivitySnapshot[]): readonly Line[] {
  const width = widestOf(activities.map(({ workflowId }) => workflowId)) + 2;
  return activities.map(({ workflowId, name, attempt, note, parked = false }): Line => {
    const tries = attempt > 1 ? `, attempt ${attempt}` : '';
    return [
      span(padEndCells(workflowId, width)),
      parked ? span(`PARKED ${name}`, 'bad') : span(`${name}${tries}`),
      span(note === undefined ? '' : `: ${note}`, 'dim'),
    ];
  });
}
