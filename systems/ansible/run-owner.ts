import { readFile, readlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning, recordProcess } from '../recorded-process.js';

const RunOwner = z.object({
  pid: z.number(),
  startedAt: z.string(),
  /** The machine or container that can see this process. */
  place: z.string(),
  controlFolder: z.string(),
});

/** The process that owns the folder of a run. */
export type RunOwner = z.infer<typeof RunOwner>;

const fileName = 'owner.json';

/** Marks a folder as ours. This mark is its first file, so that no folder with a key lacks an owner. */
export async function writeRunOwner(folder: string, controlFolder: string): Promise<void> {
  const self = await recordProcess(process.pid);
  if (self === undefined) return;
  const owner: RunOwner = { ...self, place: await ownPlace(), controlFolder };
  await writeFile(join(folder, fileName), JSON.stringify(owner), { mode: 0o600 });
}

/**
 * Reads the owner of a folder. Returns `undefined` when the folder names none, or when a power cut destroyed the mark.
 */
export async function readRunOwner(folder: string): Promise<RunOwner | undefined> {
  try {
    return RunOwner.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Whether the owner runs. Returns `unknown` for an owner on another machine or in another container, because this
 * process cannot see it.
 */
export async function ownerState(owner: RunOwner | undefined): Promise<'runs' | 'gone' | 'unknown'> {
  if (owner === undefined || owner.place !== (await ownPlace())) return 'unknown';
  return (await isRunning(owner)) ? 'runs' : 'gone';
}

/** Names this machine, and on Linux the namespace of our processes: two containers may share a name and a folder. */
async function ownPlace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`.trim();
}
