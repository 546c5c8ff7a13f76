import { textAt, valueAt } from '../json-value.js';
import { networkSteps, nodeSteps, removalParts, unitParts } from '../step-table.js';
import {
  keysOf,
  networkStep,
  nodeStep,
  removedUnitStep,
  residueStep,
  unitStep,
  type NetworkRowName,
  type NodePart,
  type Stage,
  type StepId,
  verifyStep,
} from '../steps.js';
import { activityNames } from './activity-names.js';
import { isStepId } from './parse-step.js';

type PlanActivity = Exclude<keyof typeof activityNames, 'verifyCluster' | 'findResidue'>;

/**
 * The work of an activity: a part of the table of steps, `verify`, or its own name if it belongs to no stage. `unknown`
 * stands for an activity of a build that knows more activities.
 */
export type ActivityPart =
  NetworkRowName | NodePart | keyof typeof unitParts | 'removed' | 'verify' | PlanActivity | 'unknown';

/** What an activity is part of: the words by which logs, metrics and reports speak of it. */
export interface ActivityStep {
  /** What is done, without the name of whom: `prepared`, `subnet`, `gate`. There are few of them, whatever the cluster. */
  readonly part: ActivityPart;
  readonly stage?: Stage | 'plan';
  readonly step?: StepId;
  readonly cluster?: string;
}

const networkParts = byActivity(networkSteps);
const partsOfNodes = byActivity(nodeSteps);
const partsOfUnits = byActivity(unitParts);
const { verifyCluster, findResidue, ...planActivities } = activityNames;

function byActivity<Part extends string>(
  table: Readonly<Record<Part, { readonly activity: string }>>,
): ReadonlyMap<string, Part> {
  return new Map(keysOf(table).map((part) => [table[part].activity, part]));
}

/**
 * The step that an activity works for, by its type and its one argument. An argument of another shape leaves the names
 * out; an activity that is not of a stage is a part of its own name.
 */
export function activityStep(activity: string, input: unknown): ActivityStep {
  const cluster = textAt(input, 'plan', 'cluster') ?? textAt(input, 'cluster');
  const named = cluster === undefined ? {} : { cluster };
  return { ...named, ...partOf(activity, input) };
}

function partOf(activity: string, input: unknown): ActivityStep {
  const network = networkParts.get(activity);
  if (network !== undefined) return networkPart(network, input);
  const ofNode = partsOfNodes.get(activity);
  if (ofNode !== undefined) {
    const node = textAt(input, 'node', 'name');
    return { part: ofNode, stage: 'nodes', ...(node === undefined ? {} : { step: nodeStep(node, ofNode) }) };
  }
  const ofUnit = partsOfUnits.get(activity);
  if (ofUnit !== undefined) {
    const unit = textAt(input, 'unit', 'name');
    const wave = valueAt(input, 'unit', 'wave');
    const step = unit === undefined || typeof wave !== 'number' ? {} : { step: unitStep(wave, unit) };
    return { part: ofUnit, stage: 'waves', ...step };
  }
  if (activity === removalParts.unit.activity) {
    const unit = textAt(input, 'unit');
    return { part: 'removed', stage: 'removals', ...(unit === undefined ? {} : { step: removedUnitStep(unit) }) };
  }
  if (activity === removalParts.network.activity) {
    const part = textAt(input, 'part');
    const step = part === undefined ? undefined : networkStepNamed(part);
    return { part: 'removed', stage: 'removals', ...(step === undefined ? {} : { step }) };
  }
  if (activity === findResidue) return { part: 'verify', stage: 'verify', step: residueStep };
  if (activity === verifyCluster) return { part: 'verify', stage: 'verify', step: verifyStep };
  return { part: keysOf(planActivities).find((known) => known === activity) ?? 'unknown', stage: 'plan' };
}

function networkStepNamed(part: string): StepId | undefined {
  const step = `network/${part}`;
  return isStepId(step) ? step : undefined;
}

function networkPart(part: NetworkRowName, input: unknown): ActivityStep {
  if (part !== 'subnet') return { part, stage: 'network', step: networkStep(part) };
  const zone = textAt(input, 'zone');
  return { part, stage: 'network', ...(zone === undefined ? {} : { step: networkStep(`subnet-${zone}`) }) };
}
