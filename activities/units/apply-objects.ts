import { inApplyOrder } from '../../model/kubernetes/apply-order.js';
import { intendedObject } from '../../model/kubernetes/intended-object.js';
import { verdictOf } from '../../model/gate/gate.js';
import { type KubernetesObject, objectTitle } from '../../model/kubernetes/kubernetes-object.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import { unitLabel } from '../../model/kubernetes/unit-inventory.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../../systems/calls.js';
import { waitUntil, type Look } from '../../systems/wait-until.js';
import type { ApplyOutcome, Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { tellingNoSecret } from './unit-secrets.js';

export const unitFieldManager = 'groundswell';
/** Of the mark that the gate of a unit held. */
export const gateFieldManager = 'groundswell-gate';
/** Of the mark that Jobs were seen complete. */
export const completionFieldManager = 'groundswell-completed';
/** A new kind is served within a quarter of a second by one API server; several need longer. */
const definitionDeadlineMs = 30_000;

/**
 * Applies all objects of a unit in the order that they need. Continues after a refusal: the error at the end names
 * every refused object, not only the first. Fails with `FieldConflict`, `KubernetesRefused` (also when an object
 * belongs to another unit), `UnitNotReady` when a namespace is going away, or `KubernetesUnavailable`, which ends it at
 * once.
 */
export async function applyObjects(
  kubernetes: Kubernetes,
  unit: RenderedUnit,
  options: CallOptions,
): Promise<readonly ApplyOutcome[]> {
  const outcomes: ApplyOutcome[] = [];
  const errors: RolloutError[] = [];
  for (const object of inApplyOrder(unit.objects)) {
    options.onProgress?.(`applies ${objectTitle(referenceOf(object))}`);
    try {
      outcomes.push(await applyOwned(kubernetes, { object, unit: unit.name }, options));
    } catch (error) {
      if (!(error instanceof RolloutError) || error.type === 'KubernetesUnavailable') throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) throw refusal(unit, errors);
  return outcomes;
}

async function applyOwned(
  kubernetes: Kubernetes,
  { object, unit }: { readonly object: KubernetesObject; readonly unit: string },
  options: CallOptions,
): Promise<ApplyOutcome> {
  const owner = (await kubernetes.get(referenceOf(object), options))?.metadata.labels?.[unitLabel];
  if (owner !== undefined && owner !== unit) {
    throw new RolloutError(
      'KubernetesRefused',
      `${objectTitle(referenceOf(object))}: belongs to unit ${owner}; an object has one owner, so remove it from one of the units`,
    );
  }
  const outcome = await tellingNoSecret(object, () =>
    kubernetes.apply(intendedObject(object, unit), { ...options, fieldManager: unitFieldManager }),
  );
  if (object.kind === 'CustomResourceDefinition') await waitUntilServed(kubernetes, outcome.object, options);
  return outcome;
}

/** Objects of a new kind can be applied only once its definition is established. */
async function waitUntilServed(
  kubernetes: Kubernetes,
  definition: KubernetesObject,
  options: CallOptions,
): Promise<void> {
  const applied = { uid: definition.metadata.uid ?? '', generation: definition.metadata.generation ?? 0 };
  let verdict = verdictOf({ live: definition, applied });
  const look = async (): Promise<Look<true>> => {
    if (verdict.verdict === 'waiting') {
      verdict = verdictOf({ live: await kubernetes.get(referenceOf(definition), options), applied });
    }
    return verdict.verdict === 'waiting'
      ? { waitsFor: `the API server to serve ${definition.metadata.name}` }
      : { done: true };
  };
  await waitUntil(look, { everyMs: 100, deadlineMs: definitionDeadlineMs }, options);
  if (verdict.verdict === 'ready') return;
  const type = verdict.verdict === 'failed' ? 'KubernetesRefused' : 'UnitNotReady';
  throw new RolloutError(type, `${objectTitle(referenceOf(definition))}: ${verdict.reason}`);
}

/** One error for all: what needs a person counts more than what may pass. */
function refusal(unit: RenderedUnit, errors: readonly RolloutError[]): RolloutError {
  const order = ['FieldConflict', 'KubernetesRefused', 'UnitNotReady'];
  const [worst] = [...errors].sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  const messages = errors.map((error) => error.message);
  return new RolloutError(
    worst?.type ?? 'KubernetesRefused',
    `unit ${unit.name}: ${errors.length} of ${unit.objects.length} objects refused: ${messages.join(' · ')}`,
    { details: messages.join('\n') },
  );
}
