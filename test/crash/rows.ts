import { keysOf, networkRowName } from '../../model/steps.js';
import { networkSteps } from '../../model/step-table.js';
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

/** The row that an attempt belongs to, by its activity type and what it is about. */
export function rowOf({ activity, workflowId }: Attempt, about: string): string {
  if (!occasions.has(activity)) return activity;
  return `${activity} ${activity === 'removeNetworkPart' ? networkRowName(about) : reasonOf(workflowId)}`;
}

/** A host leaves in the workflow of its node when another one follows. */
function reasonOf(workflowId: string): string {
  if (!workflowId.includes('/node/')) return 'for good';
  return workflowId.endsWith(`/${replacedNode}`) ? 'answered' : 'planned';
}
