import { holderText } from '../facts/world-lock.js';
import { nodeOfStep, nodePartOf, stepTitle } from '../names/parse-step.js';
import { changesOf, stepOps, type Plan, type PlanStep, type StepOp } from '../plan/plan.js';
import { unitStep, type Stage } from '../steps.js';
import { opMarks } from './op-marks.js';
import { destructionSection } from './show-destruction.js';
import { withMachines } from './show-plan-node.js';
import { changesText, shortDigest } from './show-step.js';
import { alignColumns } from './table.js';

/** A plan as JSON for programs: the plan itself, with the number of its changes. */
export function planAsJson(plan: Plan): Plan & { readonly changes: number } {
  return { changes: changesOf(plan).length, ...plan };
}

/**
 * A plan as text for people: one summary line, then the changes with their reasons. What ends comes first, then the rest
 * by stage, then the differences that Groundswell leaves alone. Without changes the first line says so.
 */
export function showPlan(plan: Plan): string {
  if (plan.hidden !== undefined) return [...holderLines(plan), ...renewalLines(plan, plan.hidden)].join('\n');
  const sections = [
    destructionSection(plan),
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
    'nobody can apply this plan before that run ends; only if that Temporal is gone for good: `npx groundswell up ' +
      `--take-over ${heldBy.id}\``,
    '',
  ];
}

function lossLines({ loses, cluster }: Plan): readonly string[] {
  if (loses === undefined) return [];
  const { controlPlane, left } = loses;
  return [
    `${controlPlane} is gone, and with it the state of cluster ${cluster}: etcd, certificates, every object in it`,
    'this plan makes a new, empty cluster, but only if you type the name: `npx groundswell up --confirm ' +
      `${controlPlane}\``,
    ...(left.length === 0
      ? []
      : [
          `these belong to the lost cluster; Groundswell resets none of them, answer \`replace\` for each: ${left.join(', ')}`,
        ]),
    '',
  ];
}

/** Nothing is said of the rest: it could not be seen. */
function renewalLines(plan: Plan, hidden: string): readonly string[] {
  const [step] = changesOf(plan);
  return [
    `cluster ${plan.cluster} cannot be seen, because of its certificates: ${hidden}`,
    'this plan renews them and does nothing else until the cluster can be seen again',
    '',
    `${changesText(1)}, digest ${shortDigest(plan.digest)}…`,
    `  ${opMarks[step?.op ?? 'change']} ${step?.step ?? 'certificates'}`,
    ...(step?.note === undefined ? [] : [`  ! ${step.note}`]),
  ];
}

/** `14 nodes, 14 units, 9 network parts to create; 1 node to change: 84 changes, digest 0a1b2c3d4e5f…` */
function summary(plan: Plan): string {
  const changes = changesOf(plan);
  if (changes.length === 0 && plan.tearsDown === true) {
    return `0 changes: nothing of cluster ${plan.cluster} exists at EC2 in ${plan.region}, account ${plan.account}`;
  }
  if (changes.length === 0) {
    const noted = plan.steps.some(({ note }) => note !== undefined);
    return noted
      ? '0 changes; Groundswell does not change the differences above'
      : '0 changes: the cluster is as the spec says';
  }
  const inStage = (wanted: Stage): readonly PlanStep[] => changes.filter(({ stage }) => stage === wanted);
  const stepsOf = (kind: string): readonly PlanStep[] =>
    inStage('removals').filter(({ step }) => step.startsWith(kind));
  const things: readonly Counted[] = [
    { noun: 'node', each: [...plan.nodes, ...(plan.removals?.nodes ?? [])] },
    { noun: 'unit', each: [...plan.units, ...stepsOf('unit/')] },
    { noun: 'network part', each: [...inStage('network'), ...stepsOf('network/')] },
    { noun: 'record', each: inStage('verify') },
  ];
  const parts = stepOps.filter((op) => op !== 'none').flatMap((op) => countedBy(op, things));
  return `${parts.join('; ')}: ${changesText(changes.length)}, digest ${shortDigest(plan.digest)}…`;
}

interface Counted {
  readonly noun: string;
  readonly each: readonly Pick<PlanStep, 'op'>[];
}

/** `2 nodes, 1 unit to create`; none when there is nothing of it. */
function countedBy(wanted: StepOp, things: readonly Counted[]): readonly string[] {
  const counts = things.flatMap(({ noun, each }) => {
    const count = each.filter(({ op }) => op === wanted).length;
    return count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
  });
  return counts.length === 0 ? [] : [`${counts.join(', ')} to ${wanted}`];
}

/** What a stage changes, but for what it removes. */
function changesIn(plan: Plan, stage: Stage): readonly PlanStep[] {
  return changesOf(plan).filter((step) => step.stage === stage && step.op !== 'remove');
}

function networkSection(plan: Plan): readonly string[] {
  const changing = changesIn(plan, 'network');
  if (changing.length === 0) return [];
  const rows = changing.map((step) => row(step.op, stepTitle(step.step), step.reason));
  return [`network in ${plan.region}, account ${plan.account}`, ...table(rows)];
}

function nodesSection(plan: Plan): readonly string[] {
  const changing = plan.nodes.filter(isMade).toSorted((a, b) => stepOps.indexOf(a.op) - stepOps.indexOf(b.op));
  if (changing.length === 0) return [];
  const changes = Map.groupBy(changesIn(plan, 'nodes'), ({ step }) => nodeOfStep(step));
  const rows = changing.map(({ op, name, generation }) =>
    row(op, name, `generation ${generation}`, stepsOf(changes.get(name) ?? [])),
  );
  const names = changing.map(({ name }) => name);
  return [
    plan.image === undefined ? 'nodes' : `nodes from ${plan.image.name} (${plan.image.id})`,
    ...withMachines(table(rows), names, plan),
    ...unchanged(plan.nodes),
  ];
}

function isMade({ op }: Pick<PlanStep, 'op'>): boolean {
  return op !== 'none' && op !== 'remove';
}

/** A new instance is the reason of all that follows it; else each step has its own. */
function stepsOf(steps: readonly PlanStep[]): string {
  const launch = steps.find(({ step }) => nodePartOf(step) === 'instance');
  if (launch !== undefined) return `${steps.map(({ step }) => stepTitle(step)).join(', ')}: ${launch.reason}`;
  return steps.map((step) => `${stepTitle(step.step)}: ${step.reason}`).join('; ');
}

function wavesSection(plan: Plan): readonly string[] {
  const changing = plan.units.filter(isMade);
  if (changing.length === 0) return [];
  const reasons = new Map<string, string>(plan.steps.map(({ step, reason }) => [step, reason]));
  const rows = changing.map(({ op, wave, name, nodes }) => {
    const needs = nodes.length === 0 ? '' : `needs ${nodes.join(', ')}`;
    return row(op, `wave ${wave}`, name, reasons.get(unitStep(wave, name)) ?? '', needs);
  });
  return ['waves', ...table(rows), ...unchanged(plan.units)];
}

function verifySection(plan: Plan): readonly string[] {
  const steps = changesIn(plan, 'verify');
  const settings = (plan.settings ?? []).map((path) => row(steps[0]?.op ?? 'change', path));
  const rows = settings.length > 0 ? settings : steps.map(({ op, reason }) => row(op, reason));
  return rows.length === 0 ? [] : ['takes effect by itself, and is recorded', ...table(rows)];
}

function unchanged(things: readonly { readonly name: string; readonly op: string }[]): readonly string[] {
  const names = things.filter(({ op }) => op === 'none').map(({ name }) => name);
  return names.length === 0 ? [] : [`  ${opMarks.none} as wanted: ${names.join(', ')}`];
}

function notesSection(plan: Plan): readonly string[] {
  const noted = plan.steps.flatMap(({ step, note }) => (note === undefined ? [] : [[`! ${step}`, note]]));
  return noted.length === 0 ? [] : ['different, but Groundswell does not change it', ...table(noted)];
}

function row(op: StepOp, first: string, ...rest: readonly string[]): readonly string[] {
  return [`${opMarks[op]} ${first}`, ...rest];
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  return alignColumns(rows, { indent: '  ' });
}
