import { nodeOfStep, nodePartOf, parseStep, stepTitle } from '../names/parse-step.js';
import { verifyStep, type StepId } from '../steps.js';
import { changesOf, type Plan, type PlanStep } from './plan.js';

/** The sort of thing that differs, in the order in which people read of them. */
export const differingKinds = ['cluster', 'node', 'unit', 'network', 'setting'] as const;

/** One thing that is not as the spec says. */
export interface Difference {
  readonly kind: (typeof differingKinds)[number];
  readonly name: string;
  /** What of it differs, in one clause; with the time and the person where the plan knows them. */
  readonly differs: string;
  /** Groundswell leaves it as it is: a person has to act. */
  readonly stays?: true;
}

/**
 * What differs between spec and world, one entry for each thing. A node with seven steps to do is one difference, with one
 * cause. Differences that Groundswell leaves alone come last. None means that the plan has no change and no remark.
 */
export function differencesOf(plan: Plan): readonly Difference[] {
  const changing = Map.groupBy(changesOf(plan), ({ step }) => thingOf(step, plan));
  const changed = [...changing].flatMap(([, steps]) => changedThing(steps, plan));
  return [...lostThings(plan), ...changed, ...changedSettings(plan, changed), ...keptThings(plan)];
}

/** A plan has one step for each thing but a node. */
function thingOf(step: StepId, plan: Plan): string {
  const { kind, name } = placeOf(step, plan);
  return `${kind} ${name}`;
}

function placeOf(step: StepId, { cluster }: Plan): Pick<Difference, 'kind' | 'name'> {
  const node = nodeOfStep(step);
  if (node !== undefined) return { kind: 'node', name: node };
  const parsed = parseStep(step);
  if (parsed?.stage === 'waves' || parsed?.stage === 'removals') return { kind: 'unit', name: parsed.unit };
  if (parsed?.stage === 'network') return { kind: 'network', name: stepTitle(step) };
  return { kind: 'cluster', name: cluster };
}

function changedThing(steps: readonly PlanStep[], plan: Plan): readonly Difference[] {
  const [first] = steps;
  if (first === undefined || isOfSettings(first, plan)) return [];
  const place = placeOf(first.step, plan);
  return [{ ...place, differs: place.kind === 'node' ? nodeDiffers(steps) : first.reason }];
}

/** The last step records settings; they are told one by one. */
function isOfSettings({ step, op }: PlanStep, { settings = [] }: Plan): boolean {
  return step === verifyStep && op === 'change' && settings.length > 0;
}

/** The cause of what is to be done for a node: what follows from a missing instance, or from a missing Node, is not told. */
function nodeDiffers(steps: readonly PlanStep[]): string {
  if (steps.some(({ op }) => op === 'remove')) return 'not in the spec any more, and still there';
  const causes = steps.filter(({ step }) => isCause(step));
  const told = causes.length > 0 ? causes.slice(0, 1) : steps;
  return [...new Set(told.map(({ reason }) => reason))].join('; ');
}

function isCause(step: StepId): boolean {
  const part = nodePartOf(step);
  return part === 'instance' || part === 'join' || part === 'init';
}

function lostThings({ loses, cluster }: Plan): readonly Difference[] {
  if (loses === undefined) return [];
  return [
    { kind: 'cluster', name: cluster, differs: `its state is lost with its control plane ${loses.controlPlane}` },
  ];
}

/** Those of a node that differs anyway are no news. */
function changedSettings({ settings = [] }: Plan, changed: readonly Difference[]): readonly Difference[] {
  const told = changed.filter(({ kind }) => kind === 'node').map(({ name }) => `nodes.${name}.`);
  return settings
    .filter((path) => !told.some((node) => path.startsWith(node)))
    .map((name) => ({ kind: 'setting', name, differs: 'not as the last roll-out recorded it' }));
}

function keptThings(plan: Plan): readonly Difference[] {
  return plan.steps.flatMap(({ step, note }): readonly Difference[] =>
    note === undefined ? [] : [{ ...placeOf(step, plan), differs: note, stays: true }],
  );
}
