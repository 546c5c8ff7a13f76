import { sourceOf, type UnitSourceKind } from '../../model/spec/unit-source.js';
import { createFolderManifests } from './folder-manifests.js';
import type { Manifests } from './manifests.js';

/** Renders units, each by its own source. */
export function createManifests(): Manifests {
  const sources: Readonly<Record<UnitSourceKind, Manifests>> = { manifests: createFolderManifests() };
  return { render: (unit, baseFolder) => sources[sourceOf(unit).kind].render(unit, baseFolder) };
}
