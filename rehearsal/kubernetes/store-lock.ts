import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface StoreLockInput<T> {
  readonly lockFile: string;
  /** Called once, with the owner's process id, when the lock is somebody else's. */
  readonly onWait: (pid: number) => void;
  readonly work: () => Promise<T>;
  /** How often a taken lock is looked at. Default 1000. */
  readonly pollMs?: number;
}

/**
 * Runs `work` while holding a lock file, so that two clones do not build one store at once. Waits as long as the owner
 * lives; the lock of a process that is dead (or whose id belongs to a younger process) is taken over.
 */
export async function withStoreLock<T>(input: StoreLockInput<T>): Promise<T> {
  await mkdir(dirname(input.lockFile), { recursive: true });
  const own = `${String(process.pid)} ${await processStart(process.pid)} ${randomUUID()}\n`;
  let waited = false;
  while (!(await take(input.lockFile, own))) {
    const owner = await readOwner(input.lockFile);
    if (owner === undefined) continue;
    if (!(await isAlive(owner))) {
      await removeStale(input.lockFile, owner.line);
      continue;
    }
    if (!waited) input.onWait(owner.pid);
    waited = true;
    await delay(input.pollMs ?? 1000);
  }
  try {
    return await input.work();
  } finally {
    await rm(input.lockFile, { force: true });
  }
}

interface LockOwner {
  readonly pid: number;
  readonly start: string;
  readonly line: string;
}

/** Creates the lock file with its whole content in one step: a reader never sees an empty one. */
async function take(lockFile: string, line: string): Promise<boolean> {
  const aside = `${lockFile}.${randomUUID()}`;
  await writeFile(aside, line);
  try {
    await link(aside, lockFile);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readOwner(lockFile: string): Promise<LockOwner | undefined> {
  const line = await readFile(lockFile, 'utf8').catch(() => undefined);
  if (line === undefined) return undefined;
  const [pid, start] = line.trim().split(' ');
  return { pid: Number(pid), start: start ?? '', line };
}

async function isAlive(owner: LockOwner): Promise<boolean> {
  const start = await processStart(owner.pid);
  return start !== '' && start === owner.start;
}

/** When a process started, in clock ticks since boot; empty when there is no such process. */
async function processStart(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // the name in parentheses may hold spaces; the start time is field 22, the 20th after it
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Of several that saw the same dead owner, one moves the file away; a fresh lock caught by mistake is put back. */
async function removeStale(lockFile: string, staleLine: string): Promise<void> {
  const aside = `${lockFile}.stale-${randomUUID()}`;
  try {
    await rename(lockFile, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== staleLine) await link(aside, lockFile).catch(() => undefined);
  await rm(aside, { force: true });
}
