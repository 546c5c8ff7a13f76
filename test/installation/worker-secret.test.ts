import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { secretFingerprint } from '../../systems/ssh/secret-fingerprint.js';
import { workerSecretFile } from '../../installation/worker-secret.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-secret-'));
  file = join(folder, 'worker-secret');
});
afterEach(() => rm(folder, { recursive: true }));

const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
const content = (): Promise<string> => readFile(file, 'utf8');
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('the file of the worker secret', () => {
  it('is not made by who only reads: a new clone has no secret', async () => {
    const secret = workerSecretFile(file);

    expect([secret.read(), secret.fingerprint()]).toEqual([undefined, undefined]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is made once, and only its owner reads it', async () => {
    file = join(folder, 'state', 'worker-secret');
    const secret = workerSecretFile(file);
    await secret.make();
    const made = secret.read();
    await secret.make();

    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(await modeOf(file)).toBe(0o600);
    expect(secret.read()).toBe(made);
  });

  it('is what it says, also as an earlier build took it', async () => {
    await writeFile(file, 'as agreed between two workers\n');

    expect(workerSecretFile(file).read()).toBe('as agreed between two workers');
  });

  it('is the same for workers that make it at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const secret = workerSecretFile(file);
        await secret.make();
        return secret.read();
      }),
    );

    expect(new Set(made).size).toBe(1);
    expect(made[0]).toBe((await content()).trim());
    expect(await readdir(folder)).toEqual(['worker-secret']);
  });

  it('that cannot be read counts as unknown, and no other one is made', async () => {
    const notAFile = workerSecretFile(folder);

    expect(() => notAFile.read()).toThrow(expect.objectContaining({ type: 'WorkerSecretMissing' }));
    await expect(notAFile.make()).rejects.toMatchObject({ type: 'WorkerSecretMissing' });
  });

  it('that cannot be made, as in a read-only mount, is no defect of ours', async () => {
    await writeFile(file, '');
    const below = workerSecretFile(join(file, 'worker-secret'));

    await expect(below.make()).rejects.toMatchObject({
      type: 'WorkerSecretMissing',
      message: expect.stringContaining('E'),
    });
  });

  it('that is empty, as after a power cut, is not taken for a secret', async () => {
    await writeFile(file, '');
    const secret = workerSecretFile(file);

    await expect(secret.make()).rejects.toMatchObject({ type: 'WorkerSecretMissing' });
    expect(await secret.bring(one)).toMatchObject({ changed: true });
    expect(secret.read()).toBe(one);
  });
});

describe('a secret that is brought', () => {
  it('is taken where there is none, and once', async () => {
    const secret = workerSecretFile(file);

    expect(await secret.bring(`${one}\n`)).toEqual({ fingerprint: secretFingerprint(one), changed: true });
    expect(await secret.bring(one)).toEqual({ fingerprint: secretFingerprint(one), changed: false });
    expect(await content()).toBe(`${one}\n`);
    expect(await modeOf(file)).toBe(0o600);
  });

  it('does not take the place of another one, unless that is named', async () => {
    const secret = workerSecretFile(file);
    await secret.bring(one);

    for (const options of [{}, { replace: secretFingerprint(other) }]) {
      await expect(secret.bring(other, options)).rejects.toMatchObject({
        type: 'UsageInvalid',
        message: expect.stringContaining(`expected --replace ${secretFingerprint(one)}`),
      });
    }
    expect(await content()).toBe(`${one}\n`);
  });

  it('keeps the one that it takes the place of beside it', async () => {
    const secret = workerSecretFile(file);
    await secret.bring(one);

    const { replaced = '' } = await secret.bring(other, { replace: secretFingerprint(one) });

    expect(secret.read()).toBe(other);
    expect(await readFile(replaced, 'utf8')).toBe(`${one}\n`);
    expect(await modeOf(replaced)).toBe(0o600);
    expect((await readdir(folder)).length).toBe(2);
  });

  it.each([
    '',
    'secret',
    '1'.repeat(63),
    `${'1'.repeat(64)}\n${'1'.repeat(64)}`,
    '-----BEGIN OPENSSH PRIVATE KEY-----',
  ])('that is none is refused, and nothing is lost: %j', async (text) => {
    const secret = workerSecretFile(file);
    await secret.bring(one);

    await expect(secret.bring(text, { replace: secretFingerprint(one) })).rejects.toMatchObject({
      type: 'InputInvalid',
    });
    expect(await content()).toBe(`${one}\n`);
  });
});
