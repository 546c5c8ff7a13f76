import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import type { UnitSpec } from '../../model/spec/spec.js';

/** Renders the objects of units. */
export interface Manifests {
  /**
   * Renders the objects of one unit from every YAML file of its folder. Puts namespaced objects into the unit's
   * namespace. `baseFolder` is the folder of the spec. Fails with `SpecInvalid` when the folder is missing, empty or
   * not YAML.
   */
  render(unit: UnitSpec, baseFolder: string): Promise<readonly KubernetesObject[]>;
}
