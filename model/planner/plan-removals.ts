import type { ClusterFacts, InstanceFact } from '../facts/facts.js';
import { preparedAnnotation } from '../facts/node-record.js';
import { isAllowed } from '../kubernetes/unit-removal.js';
import type { ClusterSpec } from '../spec/spec.js';
import { leavingParts, nodeStep, removedUnitStep, type StepId } from '../steps.js';
import { isUnseen, mostLeaving } from './why-replace-host.js';
import { isLive } from '../facts/node-instance.js';
import type { PlannedNode, Removals, StepDraft } from '../plan/plan.js';
import type { PlanWishes } from '../plan/plan-skeleton.js';

export interface PlanRemovalsInput {
  readonly spec: ClusterSpec;
  readonly facts: ClusterFacts;
  readonly wishes: PlanWishes;
}

export interface RemovalPlan extends Removals {
  readonly steps: readonly StepDraft[];
  /** Nodes with a name that the spec does not have, and which Groundswell did not make. */
  readonly foreign: readonly string[];
}

/**
 * Removes what carries our tags or lies in our inventories, and left the spec. Units go first, the last wave first, then nodes.
 * Anything with data stays until a person names the data. Everything stays while the cluster cannot be seen.
 */
export function planRemovals(input: PlanRemovalsInput): RemovalPlan {
  const units = unitsToRemove(input);
  const ours = nodesOfOurs(input);
  const nodes = ours.map((node) => planLeavingNode(node, input));
  const leaving = nodes.flatMap(({ node, kept }) => (kept === undefined ? [node] : []));
  return {
    steps: inTurn([...units.map(({ step }) => step), ...nodes.flatMap(({ steps }) => steps)], leaving, input.spec),
    nodes: leaving,
    units: units.map(({ name, wave }) => ({ name, wave })),
    foreign: foreignNodes(input, ours),
  };
}

interface UnitToRemove {
  readonly name: string;
  readonly wave: number;
  readonly step: StepDraft;
}

function unitsToRemove({ spec, facts, wishes }: PlanRemovalsInput): readonly UnitToRemove[] {
  const wanted = new Set(spec.units.map(({ name }) => name));
  const gone = (facts.kubernetes?.units ?? []).filter(({ name }) => !wanted.has(name));
  const ordered = gone.toSorted((a, b) => (b.remains?.wave ?? 0) - (a.remains?.wave ?? 0));
  return ordered.map(({ name, digest, remains = { wave: 0, objects: 0, kept: [] } }, index) => {
    const stays = remains.kept.filter((object) => !isAllowed(object, wishes.confirmed ?? []));
    const objects = remains.objects + remains.kept.length - stays.length;
    const previous = ordered[index - 1];
    const step: StepDraft = {
      step: removedUnitStep(name),
      stage: 'removals',
      ...(objects === 0
        ? { op: 'none', reason: 'nothing of it goes by itself' }
        : { op: 'remove', reason: `not in the spec any more: ${objects} ${objects === 1 ? 'object' : 'objects'}` }),
      ...(stays.length === 0 ? {} : { note: keptObjectsNote(stays) }),
      needs: previous === undefined ? [] : [removedUnitStep(previous.name)],
      wanted: null,
      found: digest,
    };
    return { name, wave: remains.wave, step };
  });
}

function keptObjectsNote(stays: readonly string[]): string {
  return `stays: ${stays.join(', ')}; to delete it too: npx groundswell up --confirm ${stays.join(',')}`;
}

interface OwnNode {
  readonly name: string;
  /** Live ones, the newest first. */
  readonly instances: readonly InstanceFact[];
}

/** Nodes that the spec does not have and that are ours: by the tags of an instance, or by our annotation on the Node. */
function nodesOfOurs({ spec, facts }: PlanRemovalsInput): readonly OwnNode[] {
  const wanted = new Set(spec.nodes.map(({ name }) => name));
  const objects = facts.kubernetes?.nodes ?? [];
  const names = [
    ...facts.instances.filter(isLive).map(({ node }) => node),
    ...objects.filter(({ annotations }) => annotations[preparedAnnotation] !== undefined).map(({ name }) => name),
    ...objects.filter(({ name }) => facts.instances.some(({ node }) => node === name)).map(({ name }) => name),
  ];
  return [...new Set(names)]
    .filter((name) => !wanted.has(name))
    .map((name) => ({
      name,
      instances: facts.instances
        .filter((instance) => instance.node === name && isLive(instance))
        .toSorted((a, b) => b.generation - a.generation),
    }));
}

interface LeavingNode {
  readonly node: PlannedNode;
  readonly steps: readonly StepDraft[];
  /** Why it stays nevertheless. */
  readonly kept?: string;
}

function planLeavingNode({ name, instances }: OwnNode, { facts, wishes }: PlanRemovalsInput): LeavingNode {
  const [newest] = instances;
  const data = facts.kubernetes?.data[name] ?? [];
  const kept = keptBy(data, { facts, wishes });
  const reasons = { drained: 'not in the spec any more: evicts its pods', fenced: endText(instances) };
  const node: PlannedNode = {
    ...{ name, role: 'worker', op: kept === undefined ? 'remove' : 'none', data },
    generation: newest?.generation ?? 1,
  };
  const steps = leavingParts.map((part, index): StepDraft => {
    const previous = leavingParts[index - 1];
    const needs = previous === undefined ? [] : [nodeStep(name, previous)];
    const place = { step: nodeStep(name, part), stage: 'removals', needs, wanted: null } as const;
    if (kept === undefined) {
      const reason = part === 'drained' ? reasons.drained : reasons.fenced;
      return { ...place, op: 'remove', reason, found: newest?.id };
    }
    const note = part === 'fenced' ? { note: `not in the spec any more, and stays: ${kept}` } : {};
    return { ...place, op: 'none', reason: 'it stays', ...note };
  });
  return { node, steps, ...(kept === undefined ? {} : { kept }) };
}

function keptBy(
  data: readonly string[],
  { facts, wishes }: Pick<PlanRemovalsInput, 'facts' | 'wishes'>,
): string | undefined {
  if (isUnseen(facts)) return 'what is on it cannot be seen; look again when the control plane answers';
  const unnamed = data.filter((name) => wishes.confirmed?.includes(name) !== true);
  if (unnamed.length === 0) return undefined;
  return `it holds data of ${unnamed.join(', ')}; if that may be lost: npx groundswell up --confirm ${data.join(',')}`;
}

function endText(instances: readonly InstanceFact[]): string {
  if (instances.length === 0) return 'deletes its Node; it has no instance';
  return `ends ${instances.map(({ id }) => id).join(' and ')} and deletes its Node`;
}

/** Nodes leave after the units, and no more at a time than may be away. */
function inTurn(steps: readonly StepDraft[], leaving: readonly PlannedNode[], spec: ClusterSpec): readonly StepDraft[] {
  const units = steps.filter(({ step, op }) => op === 'remove' && step.startsWith('unit/')).map(({ step }) => step);
  const atOnce = leaveAtOnce(spec);
  return steps.map((draft) => {
    const index = leaving.findIndex(({ name }) => draft.step === nodeStep(name, 'drained'));
    if (index < 0) return draft;
    const before = leaving[index - atOnce];
    const turn: readonly StepId[] = before === undefined ? [] : [nodeStep(before.name, 'fenced')];
    return { ...draft, needs: [...draft.needs, ...units, ...turn] };
  });
}

/** How many hosts may leave at the same time. */
export function leaveAtOnce({ nodes }: Pick<ClusterSpec, 'nodes'>): number {
  return Math.max(1, Math.floor(nodes.filter(({ role }) => role === 'worker').length * mostLeaving));
}

function foreignNodes({ spec, facts }: PlanRemovalsInput, ours: readonly OwnNode[]): readonly string[] {
  const known = new Set([...spec.nodes, ...ours].map(({ name }) => name));
  return (facts.kubernetes?.nodes ?? []).map(({ name }) => name).filter((name) => !known.has(name));
}
