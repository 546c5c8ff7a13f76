import type { PlanBody } from '../model/plan/plan.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import { readJson } from './read-json.js';
import type { PlanReference } from '../model/plan/plan-skeleton.js';

const read = new WeakMap<Artifacts, Map<string, Promise<PlanBody>>>();

/**
 * The plan body behind a reference. The last few are kept, because every activity of a roll-out reads the same one, many
 * of them at the same time. Fails with `ArtifactMissing` when the artifact store does not have it.
 */
export async function planBody(artifacts: Artifacts, plan: PlanReference): Promise<PlanBody> {
  const known = read.get(artifacts) ?? new Map<string, Promise<PlanBody>>();
  read.set(artifacts, known);
  const hit = known.get(plan.artifact);
  if (hit !== undefined) return hit;
  if (known.size >= 4) known.clear();
  const body = readJson<PlanBody>(artifacts, plan.artifact);
  known.set(plan.artifact, body);
  // what cannot be read now may be there later
  body.catch(() => known.delete(plan.artifact));
  return body;
}
