import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Reads a log that somebody else writes, and rotates by renaming. */
export interface RotatedLog {
  /**
   * The whole lines that came since the last call, older files first; nothing while there is no file. The half line at the
   * end of a file waits until it is whole. A file that became shorter is read from its start, so a line may come twice.
   */
  newLines(): Promise<string[]>;
}

/** A log whose files are `<name>.log`, and `<name>-<time>.log` once they are full. Each file is read on where it was left. */
export function followRotatedLog(folder: string, name: string): RotatedLog {
  // by identity: a file keeps its place when it is renamed
  const places = new Map<string, number>();
  return {
    async newLines() {
      const lines: string[] = [];
      for (const file of await filesOf(folder, name)) lines.push(...(await readOn(join(folder, file), places)));
      return lines;
    },
  };
}

/** Full files have the time in their names, so that they sort by age; the one that is written comes last. */
async function filesOf(folder: string, name: string): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  const full = files.filter((file) => file.startsWith(`${name}-`) && file.endsWith('.log'));
  return [...full.sort(), ...files.filter((file) => file === `${name}.log`)];
}

async function readOn(path: string, places: Map<string, number>): Promise<readonly string[]> {
  // it may have been renamed since the folder was read: it is then found at the next call
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { ino, birthtimeMs, size } = await file.stat();
    const identity = `${String(ino)} ${String(birthtimeMs)}`;
    const place = places.get(identity) ?? 0;
    const start = place > size ? 0 : place;
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const end = bytes.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    places.set(identity, start + end);
    return bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  } finally {
    await file.close();
  }
}
