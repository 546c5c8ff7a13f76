import { dirname, resolve } from 'node:path';
import { type KubernetesObject, objectTitle } from '../model/kubernetes/kubernetes-object.js';
import { RolloutError } from '../model/rollout-error.js';
import type { UnitSpec } from '../model/spec/spec.js';
import { sourceOf } from '../model/spec/unit-source.js';
import { unwiseInUnits } from '../model/planner/unwise.js';
import { referenceOf } from '../model/kubernetes/kubernetes-object.js';
import { secretValues } from '../model/secrets/withheld-secret.js';
import { createManifests } from '../systems/manifests/unit-sources.js';

/** The problems and the warnings about manifests of units, one line each. */
export interface ManifestFindings {
  /** A missing folder, or a file that is not YAML: planning is impossible. */
  readonly problems: readonly string[];
  /** A Secret in plain text, an image that only a rehearsal has, or a Job whose end nobody can see. */
  readonly warnings: readonly string[];
}

/** Checks the manifests of units. `file` is the spec; folders of manifests are relative to its folder. */
export async function checkManifests(units: readonly UnitSpec[], file: string): Promise<ManifestFindings> {
  const manifests = createManifests();
  const problems: string[] = [];
  const rendered: { readonly name: string; readonly unit: UnitSpec; readonly objects: readonly KubernetesObject[] }[] =
    [];
  for (const unit of units) {
    try {
      rendered.push({ name: unit.name, unit, objects: await manifests.render(unit, dirname(resolve(file))) });
    } catch (error) {
      if (!(error instanceof RolloutError)) throw error;
      problems.push(...error.message.split('\n'));
    }
  }
  const inClear = rendered.flatMap(({ unit, objects }) => objects.flatMap((object) => plainText(unit, object)));
  return { problems, warnings: [...inClear, ...unwiseInUnits(rendered)] };
}

function plainText(unit: UnitSpec, object: KubernetesObject): readonly string[] {
  const fields = secretValues(object).map(({ field }) => field);
  if (fields.length === 0) return [];
  const what = `unit ${unit.name}: ${objectTitle(referenceOf(object))}`;
  const where = `expected no secret in plain text in ${sourceOf(unit).place}, found ${fields.slice(0, 3).join(', ')}`;
  return [
    `${what}: ${where}; every reader of these files can read the secret (plans, histories and logs do not hold it)`,
  ];
}
