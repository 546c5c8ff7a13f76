import { changesOf, type Plan } from '../plan/plan.js';
import type { PlannedMachine } from '../spec/planned-machine.js';
import { nodeStep } from '../steps.js';
import { cellsOf } from './cells.js';

const indent = '      ';
/** Cells of a row of labels, so that it fits a terminal of 80 columns. */
const widestRow = 72;

/** Below the row of each node what is launched for it; of a node whose labels or taints change only these. */
export function withMachines(rows: readonly string[], names: readonly string[], plan: Plan): readonly string[] {
  const changing = new Set(changesOf(plan).map(({ step }) => step));
  const machines = new Map((plan.machines ?? []).map((machine) => [machine.node, machine]));
  return rows.flatMap((row, index) => {
    const name = names[index] ?? '';
    const machine = machines.get(name);
    if (machine === undefined) return [row];
    const isNew = changing.has(nodeStep(name, 'instance'));
    const shown = isNew ? [machineRow(machine), ...labelRows(machine)] : labelRows(machine);
    return isNew || changing.has(nodeStep(name, 'labelled')) ? [row, ...shown.map((line) => indent + line)] : [row];
  });
}

/** Type, zone, range, disk. What stands in brackets is taken where EC2 has no capacity for the first. */
function machineRow({ instanceTypes, places, diskGiB }: PlannedMachine): string {
  const [place, ...otherPlaces] = places;
  const where = place === undefined ? '' : ` in ${place.zone}, ${place.cidr}`;
  const others = [...instanceTypes.slice(1), ...otherPlaces.map(({ zone }) => zone)];
  const otherwise = others.length === 0 ? '' : ` (or else ${others.join(', ')})`;
  return `${instanceTypes[0] ?? 'no type'}${where}, disk ${diskGiB} GiB${otherwise}`;
}

function labelRows({ labels, taints }: PlannedMachine): readonly string[] {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const marks = taints.map(({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`);
  return [...wordRows('labels', pairs), ...wordRows('taints', marks)];
}

/** Words behind a title, in as many rows as they take. */
function wordRows(title: string, words: readonly string[]): readonly string[] {
  const rows: string[] = [];
  for (const word of words) {
    const longer = `${rows.at(-1) ?? ''} ${word}`;
    if (rows.length > 0 && cellsOf(title) + cellsOf(longer) <= widestRow) rows[rows.length - 1] = longer;
    else rows.push(` ${word}`);
  }
  return rows.map((row, index) => `${index === 0 ? title : ' '.repeat(cellsOf(title))}${row}`);
}
