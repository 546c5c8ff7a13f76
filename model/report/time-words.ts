import { duration } from '../show/show-step.js';
import { unitParts } from '../step-table.js';
import { everyNodePart, nodeRow } from '../steps.js';
import type { Before } from './before.js';
import type { TimeKind } from './lane.js';
import type { Minutes } from './roll-out-report.js';

/** What each kind of time is called where people read it. */
export const kindTitles: Readonly<Record<TimeKind, string>> = {
  work: 'working',
  queue: 'waiting for a slot',
  retry: 'pausing before the next try',
  person: 'waiting for a person',
  'control plane': 'waiting for the control plane',
  nodes: 'waiting for nodes',
  worker: 'waiting for a worker',
  lost: 'attempts lost with a worker, and waits for the next',
  'hand-over': 'between steps',
};

const partTitles: ReadonlyMap<string, string> = new Map([
  ['plan', 'plan'],
  ['network', 'network'],
  ...everyNodePart.map((part) => [part, nodeRow(part).title] as const),
  ...Object.entries(unitParts).map(([part, { title }]) => [part, title] as const),
  ['verify', 'verify'],
]);

/** What a share of the time was spent on: `working: kubeadm init`, `waiting for a person`. */
export function minutesTitle({ kind, part }: Pick<Minutes, 'kind' | 'part'>): string {
  return part === undefined ? kindTitles[kind] : `${kindTitles[kind]}: ${partTitles.get(part) ?? part}`;
}

/** `0.4 s`, `12.3 s`, `4:27`, `1:02:09`. */
export function took(ms: number): string {
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : duration(ms);
}

/** `37 %`; `<1 %` for what is there but rounds to nothing. */
export function share(ms: number, ofMs: number): string {
  const percent = ofMs === 0 ? 0 : Math.round((100 * ms) / ofMs);
  return percent === 0 && ms > 0 ? '<1 %' : `${percent} %`;
}

/** `before it 3:25: planning 2.1 s, approval by kim 3:20`; what took under a tenth of a second is left out. */
export function beforeText({ ms, planningMs, approvalMs, lockMs, approvedBy }: Before): string {
  const parts = [
    { text: 'planning', ms: planningMs },
    { text: `approval${approvedBy === undefined ? '' : ` by ${approvedBy}`}`, ms: approvalMs },
    { text: 'another run held the lock', ms: lockMs },
  ];
  const told = parts.filter((part) => part.ms >= 100).map((part) => `${part.text} ${took(part.ms)}`);
  return `before it ${took(ms)}${told.length === 0 ? '' : `: ${told.join(', ')}`}`;
}
