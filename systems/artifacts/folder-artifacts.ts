import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { RolloutError } from '../../model/rollout-error.js';
import { checkedLogName, digestOf, sha256, wholeText } from './artifact-reference.js';
import type { ArtifactStore } from './artifacts.js';

export { sha256 };

const dayMs = 24 * 3_600_000;
/** An unended log belongs to a dead worker; after this time nobody needs the log any more. */
const keepLogsMs = 30 * dayMs;

/**
 * Stores artifacts in a folder of this machine, one file per content, readable by us only. Files appear whole: it
 * writes them aside, flushes them to disk, then renames them. It keeps growing logs in `logs/` without a flush, and
 * removes them 30 days after their last save.
 */
export function createFolderArtifacts(folder: string): ArtifactStore {
  const logs = join(folder, 'logs');
  const logPath = (name: string): string => join(logs, `${checkedLogName(name)}.log`);
  const storing = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      throw storeFailure(folder, error);
    }
  };
  let swept = 0;
  return {
    put: (text) =>
      storing(async () => {
        const digest = sha256(text);
        const path = join(folder, digest);
        if ((await readOrNothing(path)) !== text) await writeWhole(path, text, { flush: true });
        return `sha256:${digest}`;
      }),
    get: (reference) =>
      storing(async () => {
        const path = join(folder, digestOf(reference));
        return wholeText(reference, {
          text: await readOrNothing(path),
          path,
          place: `the folder ${folder} of ${hostname()}`,
        });
      }),
    growing: {
      pauseMs: 250,
      save: (name, text) =>
        storing(async () => {
          await writeWhole(logPath(name), text, { flush: false });
          if (Date.now() - swept < dayMs) return;
          swept = Date.now();
          await sweep(folder, (file) => file.startsWith('.'), dayMs);
          await sweep(logs, () => true, keepLogsMs);
        }),
      read: (name) => storing(() => readOrNothing(logPath(name))),
      remove: (name) => storing(() => rm(logPath(name), { force: true })),
    },
  };
}

async function writeWhole(path: string, text: string, { flush }: { readonly flush: boolean }): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = join(folder, `.${randomUUID()}`);
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx', flush });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  if (flush) await flushFolder(folder);
}

/** Flushes a folder: the name of a new file is on disk only after its folder. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readOrNothing(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Removes old files: drafts of dead writers, and unended logs. */
async function sweep(folder: string, meant: (file: string) => boolean, olderThanMs: number): Promise<void> {
  for (const file of (await readdir(folder)).filter(meant)) {
    const path = join(folder, file);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && Date.now() - found.mtimeMs > olderThanMs) await rm(path, { force: true });
  }
}

function storeFailure(folder: string, error: unknown): RolloutError {
  if (error instanceof RolloutError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new RolloutError('ArtifactStoreFailed', `artifact store ${folder}: ${said}`, { cause: error });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
