import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workerSecret } from '../../worker/worker-secret.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-secret-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('workerSecret', () => {
  it('is made once, in a file that only its owner reads', async () => {
    const file = join(folder, 'state', 'worker-secret');
    const secret = await workerSecret(file);

    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await workerSecret(file)).toBe(secret);
  });

  it('is what its file says', async () => {
    const file = join(folder, 'worker-secret');
    await writeFile(file, 'as agreed between two workers\n');
    expect(await workerSecret(file)).toBe('as agreed between two workers');
  });

  it('is the same for workers that start at once', async () => {
    const file = join(folder, 'worker-secret');
    const secrets = await Promise.all(Array.from({ length: 20 }, () => workerSecret(file)));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toBe((await readFile(file, 'utf8')).trim());
  });
});
