import { canonicalJson } from '../model/canonical-json.js';
import type { RenderedUnit } from '../model/plan.js';
import type { ClusterSpec } from '../model/spec.js';
import type { Manifests } from '../systems/manifests/manifests.js';

export interface RenderUnitsDependencies {
  readonly manifests: Manifests;
  readonly digest: (text: string) => string;
}

/** The objects of every unit of a spec, with the digest that tells whether they were applied already. */
export async function renderUnits(
  { manifests, digest }: RenderUnitsDependencies,
  { spec, folder }: { readonly spec: ClusterSpec; readonly folder: string },
): Promise<readonly RenderedUnit[]> {
  return Promise.all(
    spec.units.map(async (unit) => {
      const objects = await manifests.render(unit, folder);
      const { name, wave, namespace } = unit;
      return { name, wave, namespace, objects, digest: digest(canonicalJson(objects)).slice(0, 12) };
    }),
  );
}
