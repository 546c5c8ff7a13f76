import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The secret that all host keys are derived from: the content of a 0600 file, which is made when missing. Workers that
 * serve the same clusters must have the same one.
 */
export async function workerSecret(file: string): Promise<string> {
  const known = await readSecretFile(file);
  if (known !== undefined) return known;
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  try {
    // a link appears whole and only once: of two workers that start together, one makes the secret and both read it
    await link(draft, file);
  } catch (error) {
    if ((await readSecretFile(file)) === undefined) throw error;
  } finally {
    await rm(draft);
  }
  return (await readSecretFile(file)) ?? '';
}

async function readSecretFile(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
