import { RolloutError } from '../model/rollout-error.js';
import type { Plan } from '../model/plan/plan.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';
import { readArtifact, type ArtifactSource } from './read-artifact.js';

/**
 * Reads the plan of a reference, from this machine or from a worker. Fails as `readArtifact` does, and with
 * `PlanMissing` when the artifact holds another plan.
 */
export async function readPlan(source: ArtifactSource, plan: PlanReference): Promise<Plan> {
  const { artifact, digest, cluster } = plan;
  const text = await readArtifact(source, { plan: { cluster, digest, artifact } });
  const found: unknown = JSON.parse(text ?? 'null');
  if (isPlan(found) && found.digest === digest) return found;
  throw new RolloutError('PlanMissing', `plan ${digest}: ${artifact} holds another plan`);
}

/** Checks that the value is a plan at all; our own planner wrote it. */
function isPlan(value: unknown): value is Plan {
  return typeof value === 'object' && value !== null && 'digest' in value && 'steps' in value;
}
