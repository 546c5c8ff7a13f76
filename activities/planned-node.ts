import type { PlanBody, PlannedNode } from '../model/plan/plan.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';
import { RolloutError } from '../model/rollout-error.js';
import type { NodeSpec } from '../model/spec/spec.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import { planBody } from './plan-body.js';

/** The argument of an activity that works for a node. */
export interface NodeInput {
  readonly plan: PlanReference;
  readonly node: PlannedNode;
}

/**
 * The plan of such an argument, and its node as the spec of the plan has it. Fails with `ArtifactMissing`, and with
 * `PlanMissing` where that spec has no such node.
 */
export async function plannedNode(
  artifacts: Artifacts,
  { plan, node: { name } }: NodeInput,
): Promise<{ readonly body: PlanBody; readonly node: NodeSpec }> {
  const body = await planBody(artifacts, plan);
  const node = body.spec.nodes.find((each) => each.name === name);
  if (node !== undefined) return { body, node };
  throw new RolloutError('PlanMissing', `node ${name}: expected in the spec of plan ${plan.digest}, found none`);
}
