import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalFolder } from '../rehearsal-folder.js';

/** Makes programs reachable in `.groundswell/bin` by name; an older link of that name gives way. */
export async function linkPrograms(
  folder: Pick<RehearsalFolder, 'bin'>,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder.bin, { recursive: true });
  for (const [name, path] of Object.entries(programs)) {
    await rm(join(folder.bin, name), { force: true });
    await symlink(path, join(folder.bin, name));
  }
}
