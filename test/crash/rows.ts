import { keysOf } from '../../model/steps.js';
import { networkSteps } from '../../model/step-table.js';
import type { OutsideCall } from '../../rehearsal/simulated/serve-systems.js';
import { replacedNode } from './roll-out-leg.js';
import type { Attempt } from './watched-activities.js';

/** Activities that do the same thing for several reasons, or to several things: a row for each. */
const occasions: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['drainNode', ['planned', 'for good']],
  ['fenceNode', ['answered', 'planned', 'for good']],
  ['removeNetworkPart', keysOf(networkSteps)],
]);

/** The rows of an activity type: `fenceNode planned`, or its own name alone. */
export function rowsOf(activity: string): readonly string[] {
  return occasions.get(activity)?.map((occasion) => `${activity} ${occasion}`) ?? [activity];
}

/** The activity type that a row is about. */
export function activityOfRow(row: string): string {
  return row.split(' ')[0] ?? row;
}

/** The row that an attempt belongs to, and the call by which it has its effect, if it has one. */
export function rowOf({ activity, workflowId }: Attempt, call?: OutsideCall): string {
  if (!occasions.has(activity)) return activity;
  return `${activity} ${activity === 'removeNetworkPart' ? partOf(call) : reasonOf(workflowId)}`;
}

/** A host leaves in the workflow of its node when another one follows. */
function reasonOf(workflowId: string): string {
  if (!workflowId.includes('/node/')) return 'for good';
  return workflowId.endsWith(`/${replacedNode}`) ? 'answered' : 'planned';
}

function partOf(call: OutsideCall | undefined): string {
  if (call?.method === 'removeKeyPair') return 'key-pair';
  const [prefix = ''] = String(call?.args[0]).split('-');
  return partsById.get(prefix) ?? prefix;
}

/** By the prefix of an id at EC2. */
const partsById: ReadonlyMap<string, keyof typeof networkSteps> = new Map([
  ['vpc', 'vpc'],
  ['igw', 'internet-gateway'],
  ['rtb', 'route-table'],
  ['sg', 'security-group'],
  ['subnet', 'subnet'],
]);
