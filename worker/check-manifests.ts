import { dirname, resolve } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import type { UnitSpec } from '../model/spec.js';
import { createFolderManifests } from '../systems/manifests/folder-manifests.js';

/**
 * What is wrong with the manifests of units, one line each: a folder that is missing, a file that is not YAML. `file` is
 * the spec, to whose folder theirs are relative.
 */
export async function manifestProblems(units: readonly UnitSpec[], file: string): Promise<readonly string[]> {
  const manifests = createFolderManifests();
  const problems = await Promise.all(
    units.map(async (unit) => {
      try {
        await manifests.render(unit, dirname(resolve(file)));
        return [];
      } catch (error) {
        if (error instanceof RolloutError) return error.message.split('\n');
        throw error;
      }
    }),
  );
  return problems.flat();
}
