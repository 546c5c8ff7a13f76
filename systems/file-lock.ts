import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { RolloutError } from '../model/rollout-error.js';
import { isRunning, recordProcess } from './recorded-process.js';

/**
 * Runs `action` while this process holds the lock file, so that two commands of one clone do not do the same work at
 * once. Waits for a live holder; takes the lock of a dead holder. Not re-entrant.
 *
 * Fails with `TimedOut` when a live process holds the lock for longer than `waitMs`.
 */
export async function withFileLock<T>(file: string, waitMs: number, action: () => Promise<T>): Promise<T> {
  const token = `${JSON.stringify({ ...(await recordProcess(process.pid)), id: randomUUID() })}\n`;
  await mkdir(dirname(file), { recursive: true });
  await takeLock(file, token, waitMs);
  try {
    return await action();
  } finally {
    if ((await readToken(file)) === token) await rm(file, { force: true });
  }
}

async function takeLock(file: string, token: string, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await createLock(file, token))) {
    const held = await readToken(file);
    if (held === undefined) continue;
    if (!(await holderRuns(held))) {
      await removeStale(file, held);
      continue;
    }
    if (Date.now() > deadline) {
      const seconds = String(Math.round(waitMs / 1000));
      throw new RolloutError(
        'TimedOut',
        `${file}: held for more than ${seconds} s by ${held.trim()}; end that process`,
      );
    }
    await delay(100);
  }
}

/**
 * Creates the lock file as a link: it appears with its whole content or not at all, and only if there is no file yet.
 */
async function createLock(file: string, token: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, token);
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/**
 * Removes a stale lock. Two processes may find the same stale lock; the second must not remove the new lock of the
 * first.
 */
async function removeStale(file: string, stale: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readToken(aside)) !== stale) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

async function holderRuns(token: string): Promise<boolean> {
  const holder: unknown = JSON.parse(token);
  if (typeof holder !== 'object' || holder === null || !('pid' in holder) || !('startedAt' in holder)) return false;
  if (typeof holder.pid !== 'number' || typeof holder.startedAt !== 'string') return false;
  return await isRunning({ pid: holder.pid, startedAt: holder.startedAt });
}

async function readToken(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    return undefined;
  }
}
