import { readFile } from 'node:fs/promises';
import { parseSpec, type ParsedSpec } from '../model/spec/parse-spec.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import { requireKnownCluster } from './runs/known-cluster.js';
import type { Session } from './session.js';

/** The content of a spec file: the spec, or all its problems. */
export type ReadSpec = ParsedSpec & { readonly file: string };

/** Reads and checks a spec file. Fails with `SpecInvalid` when there is no such file. */
export async function readSpec(file: string): Promise<ReadSpec> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RolloutError('SpecInvalid', `spec ${file}: cannot read the file: ${why}`, { cause });
  }
  return { file, ...parseSpec(text, file) };
}

/** Reads a spec that must be valid. Fails with `SpecInvalid`, with all problems as details. */
export async function requireSpec(file: string): Promise<ClusterSpec> {
  const read = await readSpec(file);
  if (read.ok) return read.spec;
  const count = read.problems.length;
  throw new RolloutError('SpecInvalid', `spec ${file}: ${String(count)} ${count === 1 ? 'problem' : 'problems'}`, {
    details: read.problems.map(({ message }) => message).join('\n'),
  });
}

/**
 * Returns the cluster of a command: the named cluster, else the cluster of the target's spec. Fails with `NothingRuns`
 * when neither the spec nor the server knows the name.
 */
export async function clusterName(session: Session, named: string | undefined): Promise<string> {
  const { spec } = await session.target();
  if (named === undefined) return (await requireSpec(spec)).cluster;
  const own = await readSpec(spec).catch(() => undefined);
  if (own?.ok === true && own.spec.cluster === named) return named;
  await requireKnownCluster(await session.connect(), named);
  return named;
}
