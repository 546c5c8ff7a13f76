import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import type { SecretSource } from '../systems/ssh/host-identity.js';
import { secretFingerprint } from '../systems/ssh/secret-fingerprint.js';

/** The result of an import. */
export interface BroughtSecret {
  readonly fingerprint: string;
  /** Whether the file has changed. */
  readonly changed: boolean;
  /** Path of the replaced secret. */
  readonly replaced?: string;
}

/** The worker secret in its file (0600). Workers that serve the same clusters must have the same one. */
export interface WorkerSecretFile extends SecretSource {
  /** Returns the fingerprint of the secret; `undefined` when there is none. */
  fingerprint(): string | undefined;
  /**
   * Stores a secret that was made elsewhere. An existing secret stays, unless `replace` is its fingerprint; then it is
   * kept beside the new one. Fails with `InputInvalid` when the text is no secret, and with `UsageInvalid` when there
   * is another secret.
   */
  bring(text: string, options?: { readonly replace?: string }): Promise<BroughtSecret>;
}

/** Gives access to the worker secret in this file. Only `make` creates one. */
export function workerSecretFile(file: string): WorkerSecretFile {
  const read = (): string | undefined => readSecretFile(file);
  const fingerprint = (): string | undefined => {
    const secret = read();
    return secret === undefined ? undefined : secretFingerprint(secret);
  };
  return {
    place: file,
    read,
    fingerprint,
    async make() {
      if (read() !== undefined) return;
      await put(file, randomBytes(32).toString('hex')).catch((cause: unknown) => {
        const reason = codeOf(cause) ?? String(cause);
        throw new RolloutError(
          'WorkerSecretMissing',
          `worker secret ${file}: expected to create the file, found ${reason}`,
        );
      });
      if (read() !== undefined) return;
      throw new RolloutError(
        'WorkerSecretMissing',
        `worker secret ${file}: expected a secret or no file, found an empty one`,
      );
    },
    async bring(text, { replace } = {}) {
      const secret = secretOf(text);
      const brought = { fingerprint: secretFingerprint(secret) };
      const present = fingerprint();
      if (present === brought.fingerprint) return { ...brought, changed: false };
      if (present !== undefined && present !== replace) throw otherSecret(file, present, replace);
      const replaced = present === undefined ? undefined : `${file}.${present}`;
      if (replaced !== undefined) await link(file, replaced).catch(failUnlessThere);
      await put(file, secret, { over: replaced !== undefined || isEmpty(file) });
      const now = fingerprint();
      // another worker made one at the same moment
      if (now !== brought.fingerprint) throw otherSecret(file, now ?? 'none', replace);
      return { ...brought, changed: true, ...(replaced === undefined ? {} : { replaced }) };
    },
  };
}

/**
 * Writes the file as a link, which appears whole and only once. Of two workers that start together, one makes the
 * secret and both read it.
 */
async function put(file: string, secret: string, { over = false } = {}): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${secret}\n`, { mode: 0o600, flush: true });
  try {
    if (over) await rename(draft, file);
    else await link(draft, file).catch(failUnlessThere);
  } finally {
    await rm(draft, { force: true });
  }
}

function failUnlessThere(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

/** Reads a secret: 32 bytes as hexadecimal digits, with any white space around them. */
function secretOf(text: string): string {
  const secret = text.trim();
  if (/^[0-9a-f]{64}$/.test(secret)) return secret;
  throw new RolloutError(
    'InputInvalid',
    `worker secret: expected 64 hexadecimal digits, as \`groundswell secret export\` writes them; found ${String(secret.length)} other characters`,
  );
}

function otherSecret(file: string, present: string, replace: string | undefined): RolloutError {
  const found = replace === undefined ? '' : `, found --replace ${replace}`;
  return new RolloutError(
    'UsageInvalid',
    `worker secret ${file}: the file holds another secret, ${present}; expected --replace ${present}${found}`,
  );
}

function readSecretFile(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? undefined : text;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    // an unreadable secret is not a missing secret
    throw new RolloutError(
      'WorkerSecretMissing',
      `worker secret ${file}: expected to read the file, found ${codeOf(error) ?? String(error)}`,
    );
  }
}

function isEmpty(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() === '';
  } catch {
    return false;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
