import { intendedObject } from '../../model/kubernetes/intended-object.js';
import { type KubernetesObject, type ObjectReference, objectTitle } from '../../model/kubernetes/kubernetes-object.js';
import { driftPaths } from '../../model/kubernetes/object-drift.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import { RolloutError } from '../../model/rollout-error.js';
import { referenceOf } from '../../model/kubernetes/kubernetes-object.js';
import type { CallOptions } from '../../systems/calls.js';
import type { Kubernetes } from '../../systems/kubernetes/kubernetes.js';
import { unitFieldManager } from '../units/apply-objects.js';
import { tellingNoSecret } from '../units/unit-secrets.js';

/** So many fields are named, and so many objects. */
const mostNamed = 3;

type LiveOf = (reference: ObjectReference) => KubernetesObject | undefined;

/**
 * Finds the fields in which objects of a unit, with the values of its Secrets, differ from the result of an apply. Asks
 * by a dry run, so that defaults and the fields of others do not count. `undefined` when all are. `liveOf` gives its
 * objects as they were just read; one that is missing is not told here. No value is told. Fails with
 * `KubernetesUnavailable`.
 */
export async function driftOf(
  kubernetes: Kubernetes,
  { unit, liveOf }: { readonly unit: RenderedUnit; readonly liveOf: LiveOf },
  options: CallOptions,
): Promise<string | undefined> {
  const found: string[] = [];
  for (const object of unit.objects) {
    const live = liveOf(referenceOf(object));
    if (live === undefined) continue;
    const drift = await objectDrift(kubernetes, { object, live, unit: unit.name }, options);
    if (drift !== undefined) found.push(drift);
  }
  return found.length === 0 ? undefined : firstOf(found, '; ');
}

async function objectDrift(
  kubernetes: Kubernetes,
  { object, live, unit }: Record<'object' | 'live', KubernetesObject> & { readonly unit: string },
  options: CallOptions,
): Promise<string | undefined> {
  try {
    const dry = { ...options, fieldManager: unitFieldManager, dryRun: true };
    const applied = await tellingNoSecret(object, () => kubernetes.apply(intendedObject(object, unit), dry));
    const paths = driftPaths(live, applied.object);
    return paths.length === 0
      ? undefined
      : `${objectTitle(referenceOf(object))}: ${firstOf(paths, ', ')} changed since its apply`;
  } catch (error) {
    // what an apply would stop at is a difference: a field that somebody else holds now, or that cannot change
    if (error instanceof RolloutError && ['FieldConflict', 'KubernetesRefused'].includes(error.type))
      return error.message;
    throw error;
  }
}

function firstOf(all: readonly string[], between: string): string {
  const more = all.length - mostNamed;
  return all.slice(0, mostNamed).join(between) + (more > 0 ? ` and ${more} more` : '');
}
