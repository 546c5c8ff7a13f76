import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The secret that all host keys are derived from: the content of a 0600 file, which is made when missing. Workers that
 * serve the same clusters must have the same one.
 */
export async function workerSecret(file: string): Promise<string> {
  const known = await readSecretFile(file);
  if (known !== undefined) return known;
  await mkdir(dirname(file), { recursive: true });
  try {
    // wx: of two workers that start at once, one makes it and the other reads it
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((await readSecretFile(file)) === undefined) throw error;
  }
  return (await readSecretFile(file)) ?? '';
}

async function readSecretFile(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
