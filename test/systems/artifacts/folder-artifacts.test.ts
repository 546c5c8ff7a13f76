import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RolloutError } from '../../../model/rollout-error.js';
import type { ArtifactStore } from '../../../systems/artifacts/artifacts.js';
import { createFolderArtifacts, sha256 } from '../../../systems/artifacts/folder-artifacts.js';

let folder: string;
let store: ArtifactStore;
const text = 'a plan with ümlauts\n';
const reference = `sha256:${sha256(text)}`;
const path = () => join(folder, sha256(text));

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'groundswell-artifacts-')), 'artifacts');
  store = createFolderArtifacts(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

async function failureOf(promise: Promise<unknown>): Promise<RolloutError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof RolloutError) return error;
  throw new Error(`expected a RolloutError, found ${String(error)}`);
}

describe('createFolderArtifacts', () => {
  it('gives back what was put under its digest, in files that only we can read', async () => {
    expect(await store.put(text)).toBe(reference);

    expect(await store.get(reference)).toBe(text);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('leaves a file alone that is already whole', async () => {
    await store.put(text);
    await utimes(path(), 1, 1);

    await store.put(text);

    expect((await stat(path())).mtimeMs).toBe(1000);
    expect(await readdir(folder)).toEqual([sha256(text)]);
  });

  it.each([
    ['half-written', () => truncate(path(), 5), '5 bytes'],
    ['altered', () => writeFile(path(), 'something else'), '14 bytes'],
    ['empty', () => truncate(path(), 0), '0 bytes'],
  ])('refuses a %s file with a sentence, and writes it anew at the next put', async (_what, damage, found) => {
    await store.put(text);
    await damage();

    const failure = await failureOf(store.get(reference));
    expect(failure.type).toBe('ArtifactMissing');
    expect(failure.message).toContain(`${path()} is damaged`);
    expect(failure.message).toContain(`found ${found} of sha256:`);

    await store.put(text);
    expect(await store.get(reference)).toBe(text);
  });

  it('says which folder of which machine lacks it', async () => {
    const failure = await failureOf(store.get(reference));

    expect(failure.type).toBe('ArtifactMissing');
    expect(failure.message).toMatch(/^artifact sha256:[0-9a-f]+: not in the folder \/.*\/artifacts of \S+$/);
  });

  it.each(['', 'sha256:', 'sha256:../../etc/passwd', `sha256:${'A'.repeat(64)}`, `md5:${'0'.repeat(64)}`])(
    'refuses the reference "%s"',
    async (wrong) => {
      expect((await failureOf(store.get(wrong))).type).toBe('ArtifactMissing');
    },
  );

  it('holds whole content while many writers and readers are at work, and keeps no draft', async () => {
    const large = text.repeat(50_000);
    const others = Array.from({ length: 4 }, () => createFolderArtifacts(folder));
    const seen: string[] = [];

    await Promise.all(
      others.flatMap((other) => [
        other.put(large),
        other.put(large).then(async (stored) => seen.push(await other.get(stored))),
      ]),
    );

    expect(seen.every((found) => found === large)).toBe(true);
    expect(await readdir(folder)).toEqual([sha256(large)]);
  });

  it('tells a folder that cannot be written from content that is missing', async () => {
    await writeFile(join(folder, '..', 'file'), '');
    const failure = await failureOf(createFolderArtifacts(join(folder, '..', 'file')).put(text));

    expect(failure.type).toBe('ArtifactStoreFailed');
    expect(failure.message).toMatch(/^artifact store \/.*\/file: E(NOTDIR|EXIST)/);
  });
});

describe('growing logs of a folder', () => {
  it('are replaced as a whole, read by name, and removed', async () => {
    await store.growing.save('run-1', 'one\n');
    await store.growing.save('run-1', 'one\ntwo\n');

    expect(await store.growing.read('run-1')).toBe('one\ntwo\n');
    expect((await stat(join(folder, 'logs', 'run-1.log'))).mode & 0o777).toBe(0o600);
    await store.growing.remove('run-1');
    await store.growing.remove('run-1');
    expect(await store.growing.read('run-1')).toBeUndefined();
  });

  it('lead nowhere else, whatever they are called', async () => {
    expect((await failureOf(store.growing.save('../plan', 'x'))).type).toBe('InputInvalid');
    expect((await failureOf(store.growing.read('a/b'))).type).toBe('InputInvalid');
  });

  it('that nobody ended go after thirty days, and so do drafts of dead writers after one; artifacts stay', async () => {
    await mkdir(join(folder, 'logs'), { recursive: true });
    await store.put(text);
    const old = new Date(Date.now() - 31 * 24 * 3_600_000);
    for (const file of ['logs/old.log', '.draft', sha256(text)]) {
      if (file !== sha256(text)) await writeFile(join(folder, file), 'x');
      await utimes(join(folder, file), old, old);
    }
    await writeFile(join(folder, 'logs', 'young.log'), 'x');

    await createFolderArtifacts(folder).growing.save('new', 'x');

    expect((await readdir(join(folder, 'logs'))).toSorted()).toEqual(['new.log', 'young.log']);
    expect((await readdir(folder)).toSorted()).toEqual([sha256(text), 'logs'].toSorted());
    expect(await readFile(path(), 'utf8')).toBe(text);
  });
});
