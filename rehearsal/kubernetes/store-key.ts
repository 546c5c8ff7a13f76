import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

export interface StoreKeyInput {
  /** Folder with the Go modules: every go.mod, go.sum and *.go below it counts, other files do not. */
  readonly modulesDir: string;
  /** The source of the programs: `official`, or the Go version that builds them. */
  readonly origin: string;
  /** Versions and recipe: anything else that changes the content, as text. */
  readonly recipe: string;
}

/** Name of the store's folder: 16 hexadecimal digits that change when anything that goes into the store changes. */
export async function storeKey(input: StoreKeyInput): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${input.origin}\n${input.recipe}\n`);
  const entries = await readdir(input.modulesDir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(
      (entry) => entry.isFile() && (entry.name.endsWith('.go') || entry.name === 'go.mod' || entry.name === 'go.sum'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${relative(input.modulesDir, file)} ${String(content.length)}\n`);
    hash.update(content);
  }
  return hash.digest('hex').slice(0, 16);
}
