import { parseStep } from '../names/parse-step.js';
import type { Plan, PlannedNode, PlanStep } from '../plan/plan.js';
import { nodeStep, removedUnitStep } from '../steps.js';
import { opMarks } from './op-marks.js';
import { alignColumns } from './table.js';

/** What a plan ends, before everything else: hosts that leave, nodes and units that go, and the data that is lost with them. */
export function destructionSection(plan: Plan): readonly string[] {
  if (plan.tearsDown === true) return tearDownSection(plan);
  const { nodes = [], units = [] } = plan.removals ?? {};
  const reasons = new Map(plan.steps.map((step) => [step.step, step]));
  const replaced = plan.nodes.filter(({ replaces }) => replaces !== undefined);
  const removedUnits = units.flatMap(({ name }) => {
    const step = reasons.get(removedUnitStep(name));
    return step?.op === 'remove' ? [{ name, step }] : [];
  });
  const rows = [
    ...replaced.map((node) => nodeRow(node, reasons.get(nodeStep(node.name, 'instance')))),
    ...removedUnits.map(({ name, step }) => [`${opMarks.remove} unit ${name}`, step.reason]),
    ...nodes.map((node) => nodeRow(node, reasons.get(nodeStep(node.name, 'fenced')))),
  ];
  if (rows.length === 0) return [];
  return [
    'ends what lives',
    ...alignColumns(rows, { indent: '  ' }),
    ...paceLines(plan, replaced.length + nodes.length),
  ];
}

function nodeRow(node: PlannedNode, step: PlanStep | undefined): readonly string[] {
  const { name, data, op } = node;
  const mark = op === 'remove' ? opMarks.remove : opMarks.replace;
  const lost = data.length === 0 ? [] : [`loses the data of ${data.join(', ')}, which was confirmed`];
  return [`${mark} node ${name}`, [step?.reason ?? '', ...lost].filter((part) => part !== '').join('; ')];
}

/** Hosts leave few at a time, so that most of the cluster is always there. */
function paceLines({ leaveAtOnce }: Plan, leaving: number): readonly string[] {
  if (leaveAtOnce === undefined || leaving <= 1) return [];
  return [`  at most ${leaveAtOnce} of these nodes ${leaveAtOnce === 1 ? 'is' : 'are'} away at the same time`];
}

/** The instances, then the network backwards; nothing is drained, because everything goes. */
function tearDownSection({ cluster, steps }: Plan): readonly string[] {
  const going = steps.filter(({ op }) => op === 'remove');
  if (going.length === 0) return [];
  const rows = going.map((step) => [`${opMarks.remove} ${placeOf(step)}`, step.reason]);
  return [`ends cluster ${cluster} with everything in it, in this order`, ...alignColumns(rows, { indent: '  ' })];
}

function placeOf({ step }: PlanStep): string {
  const parsed = parseStep(step);
  return parsed?.stage === 'nodes' ? `node ${parsed.node}` : step;
}
