import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileSpecs } from '../../../systems/specs/file-specs.js';

describe('a spec that an input names', () => {
  let folder: string;
  const specs = () =>
    createFileSpecs({
      defaultPath: join(folder, 'live/cluster.yaml'),
      base: join(folder, 'live'),
      folders: [join(folder, 'given')],
    });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'groundswell-specs-'));
    for (const name of [
      'live/cluster.yaml',
      'live/next.yaml',
      'given/deep/one.yml',
      'given/secret',
      'else/x.yaml',
      'given-not/x.yaml',
    ]) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), name);
    }
    await symlink('/etc/passwd', join(folder, 'given/link.yaml'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is read beside the default one, in the folders that the worker was given, and relative to the base', async () => {
    expect(await specs().read()).toMatchObject({ text: 'live/cluster.yaml' });
    expect(await specs().read('next.yaml')).toMatchObject({ text: 'live/next.yaml', folder: join(folder, 'live') });
    expect(await specs().read(join(folder, 'given/deep/one.yml'))).toMatchObject({ text: 'given/deep/one.yml' });
  });

  it.each([
    '/etc/passwd',
    '../else/x.yaml',
    '../given-not/x.yaml',
    '../given/secret',
    '../given/link.yaml',
    '/nowhere/x.yaml',
  ])('is not read where it is %s: no file of the machine comes into a history', async (path) => {
    await expect(specs().read(path)).rejects.toMatchObject({
      type: 'InputInvalid',
      message: expect.stringMatching(
        /expected a \.yaml file in a folder that the worker may read .*GROUNDSWELL_SPEC_FOLDERS/,
      ),
    });
  });

  it('that is not there is told by its path', async () => {
    await expect(specs().read('none.yaml')).rejects.toMatchObject({
      type: 'InputInvalid',
      message: expect.stringContaining(`spec ${join(folder, 'live/none.yaml')}: the worker cannot read it`),
    });
  });
});
