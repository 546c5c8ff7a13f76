import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resolveTemporalCli } from '../../../installation/temporal-server/resolve-temporal-cli.js';
import { resolveTestServer } from '../../../installation/temporal-server/resolve-test-server.js';

describe('resolveTemporalCli', () => {
  let directory: string;
  let cacheDir: string;
  let lines: string[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'groundswell-resolve-'));
    cacheDir = join(directory, 'cache');
    lines = [];
    // pip must not reach anything: what a test does not place is not there
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', '');
    vi.stubEnv('PATH', `${join(directory, 'bin')}:/usr/bin:/bin`);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(directory, { recursive: true, force: true });
  });

  const onLine = (line: string): void => {
    lines.push(line);
  };

  it('takes the configured path and looks nowhere else', async () => {
    const path = await placeCli(join(directory, 'own', 'temporal'), '1.7.7');

    const found = await resolveTemporalCli({ configuredPath: path, cacheDir, onLine });

    expect(found).toEqual({ path, version: '1.7.7', source: 'configured' });
    expect(lines).toEqual([`temporal: 1.7.7 from configured (${path})`]);
  });

  it('refuses a configured path that is no program, even when another way would work', async () => {
    await placeCli(join(directory, 'bin', 'temporal'), '1.9.1');

    const attempt = resolveTemporalCli({ configuredPath: join(directory, 'nothing'), cacheDir, onLine });

    await expect(attempt).rejects.toThrow(/GROUNDSWELL_TEMPORAL_CLI=.*nothing is not an executable file/);
  });

  it('takes a program on PATH that is new enough', async () => {
    const path = await placeCli(join(directory, 'bin', 'temporal'), '1.10.0');

    expect(await resolveTemporalCli({ cacheDir, onLine })).toEqual({ path, version: '1.10.0', source: 'PATH' });
  });

  it('says that the one on PATH is too old, and takes the cache', async () => {
    const old = await placeCli(join(directory, 'bin', 'temporal'), '1.6.2');
    const path = await placeCli(join(cacheDir, 'temporal', '1.9.1', 'temporal'), '1.9.1');

    const found = await resolveTemporalCli({ cacheDir, onLine });

    expect(found).toEqual({ path, version: '1.9.1', source: 'cache' });
    expect(lines).toEqual([
      `temporal: PATH: ${old} is 1.6.2, too old (1.8.0 or newer is needed)`,
      `temporal: 1.9.1 from the cache (${path})`,
    ]);
  });

  it('names every way and why it failed', async () => {
    await placeCli(join(directory, 'bin', 'temporal'), '1.6.2');
    await placeCli(join(cacheDir, 'temporal', '1.9.1', 'temporal'), '0.0.1');

    const attempt = resolveTemporalCli({ cacheDir, onLine });

    await expect(attempt).rejects.toThrow(
      /PATH: .* too old .*; cache: .* is not a working 1\.9\.1; PyPI: .+; set GROUNDS/,
    );
  });

  it('does not search PATH for the test server, which cannot tell its version', async () => {
    await placeCli(join(directory, 'bin', 'temporal-test-server'), '1.40.0');
    const path = await placeCli(join(cacheDir, 'temporal-test-server', '1.40.0', 'temporal-test-server'), '1.40.0');

    expect(await resolveTestServer({ cacheDir, onLine })).toEqual({ path, version: '1.40.0', source: 'cache' });
  });
});

async function placeCli(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "temporal version ${version} (Server 1.2.3, UI 4.5.6)"\n`);
  await chmod(path, 0o755);
  return path;
}
