import { readFile, readlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isRunning, recordProcess } from '../recorded-process.js';

const RunOwner = z.object({
  pid: z.number(),
  startedAt: z.string(),
  /** Where this process can be looked for at all. */
  place: z.string(),
  controlFolder: z.string(),
});

/** Which process a folder of a run belongs to. */
export type RunOwner = z.infer<typeof RunOwner>;

const fileName = 'owner.json';

/** Writes into a folder that it is ours; the first thing in it, so that no folder with a key is without an owner. */
export async function writeRunOwner(folder: string, controlFolder: string): Promise<void> {
  const self = await recordProcess(process.pid);
  if (self === undefined) return;
  const owner: RunOwner = { ...self, place: await ownPlace(), controlFolder };
  await writeFile(join(folder, fileName), JSON.stringify(owner), { mode: 0o600 });
}

/** The owner of a folder; `undefined` when it does not say, or a power cut took the words. */
export async function readRunOwner(folder: string): Promise<RunOwner | undefined> {
  try {
    return RunOwner.parse(JSON.parse(await readFile(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** Whether the owner runs. `unknown` for one of another machine or container, whose processes cannot be seen from here. */
export async function ownerState(owner: RunOwner | undefined): Promise<'runs' | 'gone' | 'unknown'> {
  if (owner === undefined || owner.place !== (await ownPlace())) return 'unknown';
  return (await isRunning(owner)) ? 'runs' : 'gone';
}

/** This machine, and on Linux the namespace of our processes: two containers may share a name and a folder. */
async function ownPlace(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`.trim();
}
