import type { UnitSpec } from './spec.js';

/** Fields of a unit that say where its objects come from: one of them each. */
export type UnitSourceKind = 'manifests';

/** Those whose value is a path, relative to the folder of the spec. */
export const pathSources: readonly UnitSourceKind[] = ['manifests'];

/** Where the objects of a unit come from. */
export interface UnitSource {
  /** Field of the spec. */
  readonly kind: UnitSourceKind;
  /** Its value: `units/redis`. */
  readonly place: string;
}

/** The source of a unit. */
export function sourceOf({ manifests }: Pick<UnitSpec, UnitSourceKind>): UnitSource {
  return { kind: 'manifests', place: manifests };
}
