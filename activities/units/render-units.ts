import { canonicalJson } from '../../model/canonical-json.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import { withheld } from '../../model/kubernetes/withheld-secret.js';
import type { UnitSecretsDependencies } from './unit-secrets.js';

export interface RenderUnitsDependencies extends UnitSecretsDependencies {
  readonly digest: (text: string) => string;
}

/**
 * The objects of every unit of a spec, with the digest that tells whether they were applied already. Values of Secrets are
 * withheld, in the objects and so in the digest.
 */
export async function renderUnits(
  { manifests, digest, secretDigest }: RenderUnitsDependencies,
  { spec, folder }: { readonly spec: ClusterSpec; readonly folder: string },
): Promise<readonly RenderedUnit[]> {
  return Promise.all(
    spec.units.map(async (unit) => {
      const rendered = await manifests.render(unit, folder);
      const objects = rendered.map((object) => withheld(object, secretDigest));
      const { name, wave, namespace } = unit;
      return { name, wave, namespace, objects, digest: digest(canonicalJson(objects)).slice(0, 12) };
    }),
  );
}
