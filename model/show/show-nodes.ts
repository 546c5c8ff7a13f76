import { nodeRowOf, nodePartOf, stepTitle } from '../names/parse-step.js';
import type { ApplySnapshot } from '../status/status-snapshot.js';
import type { ApplyStatus, StepState, StepStatus } from '../status/status.js';
import { everyNodePart, nodeRow, type NodePart } from '../steps.js';
import { cellsOf, padEndCells, widestOf } from './cells.js';
import { span, type Line, type Span } from './line.js';
import { marks, noteText } from './show-step.js';

const columns: readonly { readonly title: string; readonly parts: readonly NodePart[] }[] = [
  ...Map.groupBy(everyNodePart, (part) => nodeRow(part).column),
].flatMap(([title, parts]) => (title === undefined ? [] : [{ title, parts }]));

/** Cells of the heading at the beginning of a row: `network`, `nodes`, `wave 10`. */
export const headingCells = 10;

/** Fewer cells than these are no room for a note. */
const narrowestNote = 24;

/** How the table of nodes looks. */
export interface ShowNodesOptions {
  /** Leave the rows of done nodes out. Default false. */
  readonly brief?: boolean;
  /** Cells of a row. Where the titles leave no room for notes, the marks stand side by side below one title. Default: no limit. */
  readonly columns?: number;
}

/** How many nodes are done, then one row for each that the plan touches: its marks, and what it waits for. */
export function showNodes(apply: ApplySnapshot, status: ApplyStatus, options: ShowNodesOptions): readonly Line[] {
  const touched = status.nodes.filter((node) => node.state !== 'untouched').map((node) => rowOf(apply, node));
  const untouched = status.nodes.length - touched.length;
  const done = touched.filter(isDone).length;
  const summary = [
    ...(touched.length === 0 ? [] : [`${done}/${touched.length} done`]),
    ...(untouched === 0 ? [] : [`${untouched} need nothing`]),
  ].join(', ');
  const head: Line = [
    span(padEndCells('nodes', headingCells)),
    span(summary, done === touched.length ? 'good' : 'plain'),
  ];
  const shown = options.brief === true ? touched.filter((row) => !isDone(row)) : touched;
  if (shown.length === 0) return [head];
  const nameCells = widestOf(touched.map(({ name }) => name)) + 2;
  const narrow = isNarrow(nameCells, options.columns);
  return [
    head,
    [],
    [span(`  ${padEndCells('', nameCells)}${narrow ? narrowTitles : wideTitles}`, 'dim')],
    ...shown.map((row) => showRow(row, nameCells, narrow)),
    ...(status.waves.length === 0 ? [] : [[]]),
  ];
}

interface NodeRow {
  readonly name: string;
  readonly begun: boolean;
  readonly states: readonly StepState[];
  readonly note: Span;
}

function rowOf(apply: ApplySnapshot, { name, state }: ApplyStatus['nodes'][number]): NodeRow {
  const steps = apply.nodes.find((seen) => seen.node === name)?.steps ?? [];
  const states = columns.map(({ parts }) => (state === 'done' ? 'done' : partsState(steps, parts)));
  return { name, begun: state !== 'not begun', states, note: nodeNote(steps, state) };
}

/** By what its row shows: its last step is known a moment before the lock is told that it has ended. */
function isDone({ states }: NodeRow): boolean {
  return states.every((state) => state === 'done');
}

/** Whether a row is too narrow for marks below their titles with a note behind them. */
function isNarrow(nameCells: number, rowCells = Infinity): boolean {
  return 2 + nameCells + cellsOf(wideTitles) + narrowestNote > rowCells;
}

const wideTitles = columns.map(({ title }) => `${title}  `).join('');
const narrowTitles = columns.map(({ title }) => title).join(', ');

function showRow({ name, begun, states, note }: NodeRow, nameCells: number, narrow: boolean): Line {
  const cells = states.flatMap((state, column): readonly Span[] => {
    const blanks = narrow ? 1 : cellsOf(columns[column]?.title ?? '') + 1;
    return [marks[state], span(padEndCells('', blanks))];
  });
  return [span(`  ${padEndCells(name, nameCells)}`, begun ? 'plain' : 'dim'), ...cells, span(narrow ? ' ' : ''), note];
}

/** The least advanced of the steps of a column that the node has. */
function partsState(steps: readonly StepStatus[], parts: readonly NodePart[]): StepState {
  const present = steps.filter((step) => parts.some((part) => part === nodePartOf(step.step)));
  return present.find((step) => step.state !== 'done')?.state ?? (present.length > 0 ? 'done' : 'not begun');
}

function nodeNote(steps: readonly StepStatus[], state: string): Span {
  const current = steps.find((step) => step.state !== 'done');
  if (current === undefined || state === 'done') return span('');
  const part = stepTitle(current.step);
  if (['parked', 'skipped', 'stopped'].includes(current.state)) return span(`${part} ${current.state}`, 'bad');
  if (state === 'ended') return span(`ended before ${part}`, 'bad');
  const { running = '', needs = [] } = nodeRowOf(current.step) ?? {};
  if (current.state === 'running') return span(noteText(current) ?? running, 'dim');
  if (current.state === 'not begun' && needs.includes('control plane')) {
    return span('waits for the control plane', 'dim');
  }
  return span(current.note === undefined ? '' : `${part}: ${current.note}`, 'dim');
}
