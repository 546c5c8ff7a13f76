import type { UnitSpec } from './spec.js';

/** Fields of a unit that say where its objects come from, one of them each. */
export const unitSources = {
  /** A folder, relative to that of the spec. */
  manifests: { isPath: true },
} as const satisfies Readonly<Record<string, { readonly isPath: boolean }>>;
export type UnitSourceKind = keyof typeof unitSources;

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
