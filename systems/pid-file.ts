import { readFile, writeFile } from 'node:fs/promises';
import type { RecordedProcess } from './recorded-process.js';

/**
 * Reads a pid file: one line with the pid, a blank, and the mark that tells the process from a later one with that pid.
 * Returns `undefined` when the file is missing, cut off, or of another form.
 */
export async function readPidFile(path: string): Promise<RecordedProcess | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, pid, startedAt] = /^(\d+) (.+)\n$/.exec(text) ?? [];
  return pid === undefined || startedAt === undefined ? undefined : { pid: Number(pid), startedAt };
}

/** Writes a file that `readPidFile` reads. */
export async function writePidFile(path: string, { pid, startedAt }: RecordedProcess): Promise<void> {
  await writeFile(path, `${String(pid)} ${startedAt}\n`);
}
