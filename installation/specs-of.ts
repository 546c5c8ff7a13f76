import { dirname } from 'node:path';
import { createFileSpecs } from '../systems/specs/file-specs.js';
import type { Specs } from '../systems/specs/specs.js';
import { root } from './config.js';
import type { Target } from './target.js';

/**
 * The specs that a worker of a target may read: in this clone, in the folder of its default spec, and in the configured
 * folders. A relative path starts in the folder of the default spec; in a rehearsal, which makes its own spec, it
 * starts in the clone.
 */
export function specsOf({ kind, spec, specFolders = [] }: Target): Specs {
  const base = kind === 'live' ? dirname(spec) : root;
  return createFileSpecs({ defaultPath: spec, base, folders: [root, ...specFolders] });
}
