import { readFile } from 'node:fs/promises';
import type { RecordedProcess } from '../../systems/recorded-process.js';

/** Reads the `pid boot-id start-ticks` file that `run-host.sh` writes; `undefined` when it is missing or not of that form. */
export async function readPidFile(path: string): Promise<RecordedProcess | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, pid, startedAt] = /^(\d+) (\S+ \d+)\n$/.exec(text) ?? [];
  return pid === undefined || startedAt === undefined ? undefined : { pid: Number(pid), startedAt };
}
