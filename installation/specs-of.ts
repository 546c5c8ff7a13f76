import { dirname } from 'node:path';
import { createFileSpecs } from '../systems/specs/file-specs.js';
import type { Specs } from '../systems/specs/specs.js';
import { root } from './config.js';
import type { Target } from './target.js';

/**
 * The specs that a worker of a target reads: those of this clone, of the folder of its default spec, and of the folders that
 * it was given. A relative path starts where the default spec is; in a rehearsal, whose own spec is made, in the clone.
 */
export function specsOf({ kind, spec, specFolders = [] }: Target): Specs {
  const base = kind === 'live' ? dirname(spec) : root;
  return createFileSpecs({ defaultPath: spec, base, folders: [root, ...specFolders] });
}
