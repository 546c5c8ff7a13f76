import type { InstanceFact, NodeFact } from '../facts/facts.js';
import type { NodeSpec } from '../spec/spec.js';
import { nodeParts, nodeRow, nodeStep, type NodePart, type StepId } from '../steps.js';
import { nodeStepChange, type NodeSeen } from './node-step-change.js';
import { replacementReasons, type ReplacementReasons } from './why-replace-host.js';
import { instanceOf } from '../facts/node-instance.js';
import type { PlannedNode, StepDraft, StepOp } from '../plan/plan.js';
import type { PlanWishes } from '../plan/plan-skeleton.js';
import { networkOfHosts } from './plan-network.js';

export interface PlanNodeInput extends Pick<NodeSeen, 'spec' | 'facts' | 'node' | 'preparedDigest'> {
  /** Name of the control plane. */
  readonly controlPlane: string;
  /** Units that may have left data on its host. */
  readonly data: readonly string[];
  readonly wishes: PlanWishes;
}

export interface NodePlan {
  readonly node: PlannedNode;
  readonly steps: readonly StepDraft[];
}

/** The steps of one node in their order, and the generation of its instance. A host that is replaced leaves first. */
export function planNode(input: PlanNodeInput): NodePlan {
  const { node, facts } = input;
  const known = instanceOf(node.name, facts.instances);
  const leaving = known.live === undefined ? noReasons : replacementReasons({ ...input, instance: known.live });
  const replaced = leaving.reasons.length > 0 && leaving.keptBy === undefined ? known.live : undefined;
  const live = replaced === undefined ? known.live : undefined;
  const generation = replaced === undefined ? known.generation : replaced.generation + 1;
  const seen: NodeSeen = { ...input, generation, instance: live, object: objectOf(input, live), leaving, replaced };
  const parts = nodeParts(node.role, { certificates: true, replaced: replaced !== undefined });
  const steps = parts.map((part, index): StepDraft => ({
    step: nodeStep(node.name, part),
    stage: 'nodes',
    needs: needsOf({ part, previous: parts[index - 1] }, input),
    ...nodeStepChange(part, seen),
  }));
  const op = nodeOp(node, steps);
  const renewal = renewalOf(node, steps);
  const replaces = replaced === undefined ? {} : { replaces: replaced.generation };
  const planned = { name: node.name, role: node.role, generation, op, data: input.data, ...replaces, ...renewal };
  return { node: planned, steps };
}

const noReasons: ReplacementReasons = { reasons: [] };

/** As its instance; a host that never came into the cluster is on its way to be created. */
function nodeOp({ name, role }: NodeSpec, steps: readonly StepDraft[]): StepOp {
  const opOf = (part: NodePart): StepOp => steps.find(({ step }) => step === nodeStep(name, part))?.op ?? 'none';
  if (opOf('instance') !== 'none') return opOf('instance');
  if (opOf(role === 'control-plane' ? 'init' : 'join') === 'create') return 'create';
  return steps.some(({ op }) => op !== 'none') ? 'change' : 'none';
}

function renewalOf({ name }: NodeSpec, steps: readonly StepDraft[]): Pick<PlannedNode, 'certificates'> {
  const changes = steps.filter(({ op }) => op !== 'none').map(({ step }) => step);
  if (!changes.includes(nodeStep(name, 'certificates'))) return {};
  return { certificates: changes.length === 1 ? 'renew only' : 'renew' };
}

// A Node that an instance left behind when it was terminated says nothing about the next instance.
function objectOf({ node, facts }: PlanNodeInput, live: InstanceFact | undefined): NodeFact | undefined {
  return live === undefined ? undefined : facts.kubernetes?.nodes.find(({ name }) => name === node.name);
}

/** The step before it of the same node, and what the table says that it needs of others. */
function needsOf(
  { part, previous }: { readonly part: NodePart; readonly previous: NodePart | undefined },
  { spec, node, controlPlane }: PlanNodeInput,
): readonly StepId[] {
  const own = previous === undefined ? [] : [nodeStep(node.name, previous)];
  const others = (nodeRow(part).needs ?? []).flatMap((need) =>
    need === 'network' ? networkOfHosts(spec, node.zones) : [nodeStep(controlPlane, 'init')],
  );
  return [...own, ...others];
}
