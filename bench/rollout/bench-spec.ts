import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { parseSpec } from '../../model/spec/parse-spec.js';
import type { ClusterSpec } from '../../model/spec/spec.js';
import { root } from '../../installation/config.js';

/** The spec that both bring up. */
export interface BenchSpec {
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly text: string;
  readonly spec: ClusterSpec;
}

const files: Readonly<Record<string, string>> = {
  1: 'examples/one-node.yaml',
  3: 'examples/three-nodes.yaml',
  14: 'cluster.yaml',
};

/** Our own spec with so many nodes. Fails with `InputInvalid` when there is none. */
export async function benchSpec(nodes: string): Promise<BenchSpec> {
  const file = files[nodes];
  if (file === undefined) {
    throw new RolloutError('InputInvalid', `--nodes ${nodes}: expected one of ${Object.keys(files).join(', ')}`);
  }
  const text = await readFile(join(root, file), 'utf8');
  return { file, text, spec: mustParse(text, file) };
}

/** Parses a spec that must be valid. Fails with `SpecInvalid`. */
export function mustParse(text: string, file: string): ClusterSpec {
  const parsed = parseSpec(text, file);
  if (parsed.ok) return parsed.spec;
  throw new RolloutError('SpecInvalid', `${file}: ${JSON.stringify(parsed.problems[0])}`);
}
