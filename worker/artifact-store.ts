import type { Artifacts } from '../systems/artifacts/artifacts.js';
import { createFolderArtifacts } from '../systems/artifacts/folder-artifacts.js';
import type { Target } from './target.js';

/** The artifact store of a target, for commands that only look. */
export function artifactsOf(target: Target): Artifacts {
  return createFolderArtifacts(target.artifacts);
}
