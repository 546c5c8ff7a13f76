import { RolloutError } from '../model/rollout-error.js';
import type { Plan, PlanBody } from '../model/plan.js';
import { artifactsOf } from '../worker/artifact-store.js';
import type { Target } from '../worker/target.js';

/**
 * The plan behind a reference in the artifact store of the target. Fails with `ArtifactMissing` when this machine does not
 * have it, and with `PlanMissing` when it is another plan than the one that is asked for.
 */
export async function readPlan(target: Target, reference: string, digest: string): Promise<Plan> {
  const body: unknown = JSON.parse(await (await artifactsOf(target)).get(reference));
  if (isPlanBody(body) && body.plan.digest === digest) return body.plan;
  throw new RolloutError('PlanMissing', `plan ${digest}: ${reference} is another plan`);
}

/** Content is checked by its hash and the plan by its digest: what remains is that it is a plan at all. */
function isPlanBody(body: unknown): body is PlanBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'plan' in body &&
    typeof body.plan === 'object' &&
    body.plan !== null &&
    'digest' in body.plan
  );
}
