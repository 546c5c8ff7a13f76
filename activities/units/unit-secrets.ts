import { canonicalJson } from '../../model/canonical-json.js';
import { type KubernetesObject, objectTitle } from '../../model/kubernetes/kubernetes-object.js';
import { maskValues } from '../../model/show/mask-values.js';
import type { PlanBody } from '../../model/plan/plan.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import { differingFields, isSecret, secretValues, withheld } from '../../model/kubernetes/withheld-secret.js';
import type { Manifests } from '../../systems/manifests/manifests.js';

export interface UnitSecretsDependencies {
  readonly manifests: Manifests;
  /** Digest of a secret, keyed by the worker's own: hexadecimal. */
  readonly secretDigest: (text: string) => string;
}

/**
 * Returns a unit of a plan with the values of its Secrets, which no plan keeps. Reads them again from the manifests;
 * they must be the planned values. Fails with `PlanStale` when they are others, or cannot be read any more.
 */
export async function withSecretValues(
  dependencies: UnitSecretsDependencies,
  { spec, folder }: Pick<PlanBody, 'spec' | 'folder'>,
  unit: RenderedUnit,
): Promise<RenderedUnit> {
  // a plan of an earlier build has the values in it
  if (folder === undefined || !unit.objects.some(isSecret)) return unit;
  const unitSpec = spec.units.find(({ name }) => name === unit.name);
  const found = unitSpec === undefined ? [] : await render(dependencies.manifests, unitSpec, folder);
  const objects = unit.objects.map((planned) => {
    if (!isSecret(planned)) return planned;
    const title = objectTitle(referenceOf(planned));
    const now = found.find((object) => isSecret(object) && objectTitle(referenceOf(object)) === title);
    if (now === undefined) throw stale(unit, `${title}: expected the planned Secret in the manifests, found none`);
    const kept = withheld(now, dependencies.secretDigest);
    if (canonicalJson(kept) === canonicalJson(planned)) return now;
    throw stale(unit, `${title}: expected the planned values in the manifests, found another ${fields(planned, kept)}`);
  });
  return { ...unit, objects };
}

async function render(manifests: Manifests, unit: PlanBody['spec']['units'][number], folder: string) {
  try {
    return await manifests.render(unit, folder);
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    const message = `${error.message.split('\n')[0] ?? ''}; no plan holds its Secrets, so the step reads them again`;
    throw new RolloutError('PlanStale', message, { details: error.message });
  }
}

function fields(planned: KubernetesObject, kept: KubernetesObject): string {
  return differingFields(planned, kept).join(', ');
}

function stale(unit: RenderedUnit, found: string): RolloutError {
  return new RolloutError(
    'PlanStale',
    `unit ${unit.name}: ${found}; no plan holds values of Secrets, so the step reads them again`,
  );
}

/** Does something with an object; where it fails, nothing of a Secret's values is in what is told. */
export async function tellingNoSecret<T>(object: KubernetesObject, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!isSecret(object) || !(error instanceof RolloutError)) throw error;
    throw withoutValues(object, error);
  }
}

function withoutValues(object: KubernetesObject, error: RolloutError): RolloutError {
  const values = secretValues(object).flatMap(({ value }) => formsOf(value));
  const hidden = `${objectTitle(referenceOf(object))}: the API server refused it; its message quotes the values, so Groundswell does not show it`;
  const details = error.details === undefined ? undefined : maskValues(error.details, values);
  return new RolloutError(error.type, maskValues(error.message, values) ?? hidden, {
    ...(details === undefined ? {} : { details }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
  });
}

/** A value as the manifest has it, and as Base64 turns it into the other; what is no text is told in any form. */
function formsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') {
    return [value, Buffer.from(value, 'base64').toString('utf8'), Buffer.from(value).toString('base64')];
  }
  const parts = typeof value === 'object' && value !== null ? Object.values(value).flatMap(formsOf) : [];
  return [canonicalJson(value), ...parts];
}
