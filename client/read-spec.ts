import { readFile } from 'node:fs/promises';
import { parseSpec, type ParsedSpec } from '../model/spec/parse-spec.js';
import { RolloutError } from '../model/rollout-error.js';
import type { ClusterSpec } from '../model/spec/spec.js';
import type { Session } from './session.js';

/** A spec file that was read: the spec, or all its problems. */
export type ReadSpec = ParsedSpec & { readonly file: string };

/** Reads and checks a spec file. Fails with `SpecInvalid` when there is no such file. */
export async function readSpec(file: string): Promise<ReadSpec> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new RolloutError('SpecInvalid', `spec ${file}: cannot be read`, { cause });
  }
  return { file, ...parseSpec(text, file) };
}

/** Reads a spec that must be valid. Fails with `SpecInvalid`, all problems as details. */
export async function requireSpec(file: string): Promise<ClusterSpec> {
  const read = await readSpec(file);
  if (read.ok) return read.spec;
  const count = read.problems.length;
  throw new RolloutError('SpecInvalid', `spec ${file}: ${String(count)} ${count === 1 ? 'problem' : 'problems'}`, {
    details: read.problems.map(({ message }) => message).join('\n'),
  });
}

/** The cluster that a command is about: the one that is named, else that of the target's spec. */
export async function clusterName(session: Session, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const target = await session.target();
  return (await requireSpec(target.spec)).cluster;
}
