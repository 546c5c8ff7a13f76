import { canonicalJson } from '../../model/json/canonical-json.js';
import type { RenderedUnit } from '../../model/kubernetes/rendered-unit.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import { withheld } from '../../model/secrets/withheld-secret.js';
import type { UnitSecretsDependencies } from './unit-secrets.js';

export interface RenderUnitsDependencies extends UnitSecretsDependencies {
  readonly digest: (text: string) => string;
}

/** A unit as a plan keeps it and as it is applied: the two differ in the values of Secrets only. */
export interface UnitRendering {
  /** Values of Secrets are withheld, in the objects and so in the digest. */
  readonly planned: RenderedUnit;
  readonly whole: RenderedUnit;
}

/** The objects of every unit of a spec, read once, with the digest that tells whether they were applied already. */
export async function renderUnits(
  { manifests, digest, secretDigest }: RenderUnitsDependencies,
  { spec, folder }: { readonly spec: ClusterSpec; readonly folder: string },
): Promise<readonly UnitRendering[]> {
  return Promise.all(
    spec.units.map(async (unit) => {
      const rendered = await manifests.render(unit, folder);
      const objects = rendered.map((object) => withheld(object, secretDigest));
      const { name, wave, namespace } = unit;
      const planned = { name, wave, namespace, objects, digest: digest(canonicalJson(objects)).slice(0, 12) };
      return { planned, whole: { ...planned, objects: rendered } };
    }),
  );
}
