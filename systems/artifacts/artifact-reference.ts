import { createHash } from 'node:crypto';
import { RolloutError } from '../../model/rollout-error.js';

/** SHA-256 of UTF-8 text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The digest in a reference. Fails with `ArtifactMissing` when the text is no reference. */
export function digestOf(reference: string): string {
  const digest = /^sha256:([0-9a-f]{64})$/.exec(reference)?.[1];
  if (digest !== undefined) return digest;
  throw new RolloutError('ArtifactMissing', `artifact "${reference}": expected sha256: and 64 hexadecimal digits`);
}

/** Returns the found text if its digest fits the reference. Fails with `ArtifactMissing` otherwise. */
export function wholeText(
  reference: string,
  { text, place, path }: { readonly text: string | undefined; readonly place: string; readonly path: string },
): string {
  if (text === undefined) throw new RolloutError('ArtifactMissing', `artifact ${reference}: not in ${place}`);
  const found = sha256(text);
  if (found === digestOf(reference)) return text;
  throw new RolloutError(
    'ArtifactMissing',
    `artifact ${reference}: ${path} is damaged: expected content with that digest, found ${Buffer.byteLength(text)} bytes of sha256:${found}`,
  );
}

/**
 * Checks the name of a growing log and returns it. The name becomes part of a path: fails with `InputInvalid` when it
 * could lead elsewhere.
 */
export function checkedLogName(name: string): string {
  if (/^[\w-]{1,200}$/.test(name)) return name;
  throw new RolloutError('InputInvalid', `log "${name}": expected letters, digits, _ and -`);
}
