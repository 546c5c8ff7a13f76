import { dirname, resolve } from 'node:path';
import { type KubernetesObject, objectTitle } from '../model/kubernetes-object.js';
import { RolloutError } from '../model/rollout-error.js';
import type { UnitSpec } from '../model/spec.js';
import { referenceOf } from '../model/unit-inventory.js';
import { secretValues } from '../model/withheld-secret.js';
import { createFolderManifests } from '../systems/manifests/folder-manifests.js';

/** What is wrong with the manifests of units, and what is unwise in them, one line each. */
export interface ManifestFindings {
  /** A folder that is missing, a file that is not YAML: nothing can be planned. */
  readonly problems: readonly string[];
  /** A Secret in plain text. */
  readonly warnings: readonly string[];
}

/** Looks through the manifests of units. `file` is the spec, to whose folder theirs are relative. */
export async function checkManifests(units: readonly UnitSpec[], file: string): Promise<ManifestFindings> {
  const manifests = createFolderManifests();
  const findings = await Promise.all(
    units.map(async (unit): Promise<ManifestFindings> => {
      try {
        const objects = await manifests.render(unit, dirname(resolve(file)));
        return { problems: [], warnings: objects.flatMap((object) => plainText(unit, object)) };
      } catch (error) {
        if (error instanceof RolloutError) return { problems: error.message.split('\n'), warnings: [] };
        throw error;
      }
    }),
  );
  return {
    problems: findings.flatMap(({ problems }) => problems),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

function plainText(unit: UnitSpec, object: KubernetesObject): readonly string[] {
  const fields = secretValues(object).map(({ field }) => field);
  if (fields.length === 0) return [];
  const what = `unit ${unit.name}: ${objectTitle(referenceOf(object))}`;
  const where = `expected no secret in plain text in ${unit.manifests}, found ${fields.slice(0, 3).join(', ')}`;
  return [`${what}: ${where}; whoever reads these files has it (plans, histories and logs do not)`];
}
