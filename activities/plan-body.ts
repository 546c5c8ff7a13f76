import type { PlanBody } from '../model/plan.js';
import type { Artifacts } from '../systems/artifacts/artifacts.js';
import { readJson } from './read-json.js';
import type { PlanReference } from '../workflows/contract.js';

const read = new WeakMap<Artifacts, Map<string, PlanBody>>();

/**
 * The plan body behind a reference. The last few are kept, because every activity of a roll-out reads the same one.
 * Fails with `ArtifactMissing` when the artifact store does not have it.
 */
export async function planBody(artifacts: Artifacts, plan: PlanReference): Promise<PlanBody> {
  const known = read.get(artifacts) ?? new Map<string, PlanBody>();
  read.set(artifacts, known);
  const hit = known.get(plan.artifact);
  if (hit !== undefined) return hit;
  const body = await readJson<PlanBody>(artifacts, plan.artifact);
  if (known.size >= 4) known.clear();
  known.set(plan.artifact, body);
  return body;
}
