import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import type { Artifacts } from './artifacts.js';

/** Artifacts in a folder, one file per content. Files appear whole: written aside, then renamed. */
export function createFolderArtifacts(folder: string): Artifacts {
  return {
    async put(text) {
      const digest = sha256(text);
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `.${digest}.${randomUUID()}`);
      await writeFile(draft, text);
      await rename(draft, join(folder, digest));
      return `sha256:${digest}`;
    },
    async get(reference) {
      const digest = /^sha256:([0-9a-f]{64})$/.exec(reference)?.[1];
      const text = digest === undefined ? undefined : await readOrNothing(join(folder, digest));
      if (digest !== undefined && text !== undefined && sha256(text) === digest) return text;
      throw new RolloutError('PlanMissing', `artifact ${reference}: not in ${folder}`);
    },
  };
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** SHA-256 of UTF-8 text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
