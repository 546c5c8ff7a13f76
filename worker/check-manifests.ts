import { dirname, resolve } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec.js';
import { createFolderManifests } from '../systems/manifests/folder-manifests.js';

/** What is wrong with the manifests of a spec's units, one line each: a folder that is missing, a file that is not YAML. */
export async function manifestProblems(spec: ClusterSpec, file: string): Promise<readonly string[]> {
  const manifests = createFolderManifests();
  const problems = await Promise.all(
    spec.units.map(async (unit) => {
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
