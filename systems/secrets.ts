import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import type { SecretReference } from '../model/spec/spec.js';

/**
 * Reads the value of a reference: the content of a file (`~/` is the home folder) or of an environment variable of the
 * worker. Reads it each time and keeps it nowhere. Fails with `HostLoginRefused` when there is nothing to read, because
 * the only secret of a spec today is the SSH key.
 */
export async function readSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  if ('env' in reference) {
    const value = environment[reference.env];
    if (value !== undefined && value !== '') return value;
    throw new RolloutError('HostLoginRefused', `secret ${reference.env}: expected an environment variable, found none`);
  }
  const path = reference.file.startsWith('~/') ? join(homedir(), reference.file.slice(2)) : reference.file;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new RolloutError('HostLoginRefused', `secret ${path}: cannot read the file`, { cause: error });
  }
}
