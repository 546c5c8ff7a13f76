import { holderText } from '../facts/world-lock.js';
import { stepTitle, nodeOfStep, nodePartOf } from '../names/parse-step.js';
import type { Plan, PlannedNode, PlanStep } from '../plan/plan.js';
import { changesOf } from '../plan/plan.js';
import { withMachines } from './show-plan-node.js';
import { changesText, shortDigest } from './show-step.js';
import { alignColumns } from './table.js';
import { nodeStep, unitStep } from '../steps.js';

/** A plan as JSON for programs: the plan itself, with the number of its changes. */
export function planAsJson(plan: Plan): Plan & { readonly changes: number } {
  return { changes: changesOf(plan).length, ...plan };
}

/**
 * A plan as text for people: one line that sums it up, then what would change by stage, with reasons,
 * then what differs and is left alone. Without changes the first line says so.
 */
export function showPlan(plan: Plan): string {
  if (plan.hidden !== undefined) return [...holderLines(plan), ...renewalLines(plan, plan.hidden)].join('\n');
  const sections = [
    networkSection(plan),
    nodesSection(plan),
    wavesSection(plan),
    verifySection(plan),
    notesSection(plan),
  ];
  return [
    ...holderLines(plan),
    ...lossLines(plan),
    summary(plan),
    ...sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]),
  ].join('\n');
}

function holderLines({ cluster, heldBy }: Plan): readonly string[] {
  if (heldBy === undefined) return [];
  return [
    `another Temporal holds cluster ${cluster}: ${holderText(cluster, heldBy)}`,
    'this plan is not carried out before its end; only where that Temporal is gone for good: `npx groundswell up ' +
      `--take-over ${heldBy.id}\``,
    '',
  ];
}

function lossLines({ loses, cluster }: Plan): readonly string[] {
  if (loses === undefined) return [];
  const { controlPlane, left } = loses;
  return [
    `${controlPlane} is gone, and with it the state of cluster ${cluster}: etcd, certificates, every object in it`,
    'this plan makes a new, empty cluster, and only when the name is typed: `npx groundswell up --confirm ' +
      `${controlPlane}\``,
    ...(left.length === 0
      ? []
      : [
          `these belong to the lost cluster; none is reset, and each has to be replaced by an answer: ${left.join(', ')}`,
        ]),
    '',
  ];
}

/** Nothing is said of the rest: it could not be seen. */
function renewalLines(plan: Plan, hidden: string): readonly string[] {
  const [step] = changesOf(plan);
  return [
    `cluster ${plan.cluster} cannot be seen, because of its certificates: ${hidden}`,
    'this plan renews them, and does nothing else before the cluster can be seen again',
    '',
    `${changesText(1)}, digest ${shortDigest(plan.digest)}…`,
    `  + ${step?.step ?? 'certificates'}`,
    ...(step?.note === undefined ? [] : [`  ! ${step.note}`]),
  ];
}

/** `14 nodes to create, 14 units to apply: 84 changes, digest 0a1b2c3d4e5f…` */
function summary(plan: Plan): string {
  const changes = changesOf(plan).length;
  if (changes === 0) {
    const noted = plan.steps.some(({ note }) => note !== undefined);
    return noted ? '0 changes; what differs is left as it is' : '0 changes: the cluster is as the spec says';
  }
  const { created, finished } = nodesToChange(plan);
  const parts = [
    counted(created.length, 'node', 'to create'),
    counted(finished.length, 'node', 'to finish'),
    counted(plan.units.filter(({ op }) => op !== 'none').length, 'unit', 'to apply'),
    counted(changesOf(plan).filter(({ stage }) => stage === 'network').length, 'network part', 'to create'),
    counted(changesOf(plan).filter(({ stage }) => stage === 'verify').length, 'record', 'to write'),
  ].filter((part) => part !== undefined);
  return `${parts.join(', ')}: ${changesText(changes)}, digest ${shortDigest(plan.digest)}…`;
}

function counted(count: number, noun: string, rest: string): string | undefined {
  return count === 0 ? undefined : `${count} ${noun}${count === 1 ? '' : 's'} ${rest}`;
}

function nodesToChange(plan: Plan): {
  readonly created: readonly PlannedNode[];
  readonly finished: readonly PlannedNode[];
} {
  const changing = plan.nodes.filter(({ op }) => op !== 'none');
  const steps = new Set(changesOf(plan).map(({ step }) => step));
  const isNew = (node: PlannedNode): boolean => steps.has(nodeStep(node.name, 'instance'));
  return { created: changing.filter(isNew), finished: changing.filter((node) => !isNew(node)) };
}

function networkSection(plan: Plan): readonly string[] {
  const changing = changesOf(plan).filter(({ stage }) => stage === 'network');
  if (changing.length === 0) return [];
  const rows = changing.map((step) => [stepTitle(step.step), step.reason]);
  return [`network in ${plan.region}, account ${plan.account}`, ...alignColumns(rows, { indent: '  + ' })];
}

function nodesSection(plan: Plan): readonly string[] {
  const { created, finished } = nodesToChange(plan);
  if (created.length + finished.length === 0) return [];
  const changes = Map.groupBy(changesOf(plan), ({ step }) => nodeOfStep(step));
  const rows = [...created, ...finished].map((node) => {
    const steps = changes.get(node.name) ?? [];
    return [node.name, `generation ${node.generation}`, stepsOf(steps)];
  });
  const names = [...created, ...finished].map(({ name }) => name);
  return [
    `nodes from ${plan.image.name} (${plan.image.id})`,
    ...withMachines(alignColumns(rows, { indent: '  + ' }), names, plan),
    ...unchanged(plan.nodes),
  ];
}

/** A new instance is the reason of all that follows it; else each step has its own. */
function stepsOf(steps: readonly PlanStep[]): string {
  const [first] = steps;
  if (first !== undefined && nodePartOf(first.step) === 'instance') {
    return `${steps.map(({ step }) => stepTitle(step)).join(', ')}: ${first.reason}`;
  }
  return steps.map((step) => `${stepTitle(step.step)}: ${step.reason}`).join('; ');
}

function wavesSection(plan: Plan): readonly string[] {
  const changing = plan.units.filter(({ op }) => op !== 'none');
  if (changing.length === 0) return [];
  const reasons = new Map<string, string>(plan.steps.map(({ step, reason }) => [step, reason]));
  const rows = changing.map((unit) => {
    const reason = reasons.get(unitStep(unit.wave, unit.name)) ?? '';
    const nodes = unit.nodes.length === 0 ? '' : `needs ${unit.nodes.join(', ')}`;
    return [`wave ${unit.wave}`, unit.name, reason, nodes];
  });
  return ['waves', ...alignColumns(rows, { indent: '  + ' }), ...unchanged(plan.units)];
}

function verifySection(plan: Plan): readonly string[] {
  const settings = plan.settings ?? [];
  const steps = changesOf(plan).filter(({ stage }) => stage === 'verify');
  const rows = settings.length > 0 ? settings : steps.map(({ reason }) => reason);
  return rows.length === 0 ? [] : ['takes effect by itself, and is recorded', ...rows.map((row) => `  + ${row}`)];
}

function unchanged(things: readonly { readonly name: string; readonly op: string }[]): readonly string[] {
  const names = things.filter(({ op }) => op === 'none').map(({ name }) => name);
  return names.length === 0 ? [] : [`  = as wanted: ${names.join(', ')}`];
}

function notesSection(plan: Plan): readonly string[] {
  const noted = plan.steps.flatMap(({ step, note }) => (note === undefined ? [] : [[step, note]]));
  return noted.length === 0 ? [] : ['different, and left as it is', ...alignColumns(noted, { indent: '  ! ' })];
}
