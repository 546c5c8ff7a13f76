import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { runProcess } from '../../systems/process.js';

let folder = '';

/** Writes down every module that is loaded, as its importer names it. */
const noteLoads = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(`
    import { registerHooks } from 'node:module';
    import { appendFileSync } from 'node:fs';
    registerHooks({ resolve(name, context, next) { appendFileSync(${JSON.stringify(file)}, name + '\\n'); return next(name, context); } });
  `)}`;

async function packagesOf(...args: readonly string[]): Promise<readonly string[]> {
  const loads = join(folder, 'loads');
  await writeFile(loads, '');
  const program = [join(root, 'bin', 'start.mjs'), 'client/cli/main.ts', ...args];
  const { exitCode, stdout, stderr } = await runProcess(process.execPath, ['--import', noteLoads(loads), ...program]);
  expect({ exitCode, stdout, stderr }).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('Usage: groundswell'),
  });
  const names = (await readFile(loads, 'utf8')).split('\n');
  return [...new Set(names)].filter((name) => name !== '' && !/^(?:node:|file:|data:|\.|\/)/.test(name));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-loads-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('groundswell', () => {
  // the first start after a change of the sources compiles them
  beforeAll(async () => {
    await packagesOf('--help');
  }, 120_000);

  it('shows its help without loading a package that the help does not need', async () => {
    expect(await packagesOf('--help')).toEqual([]);
  });

  it('loads what a command needs together with that command', async () => {
    expect(await packagesOf('status', '--help')).toContain('@temporalio/client');
  });

  it.each(['validate', 'plan', 'up', 'status', 'resolve', 'logs', 'worker'])(
    '%s begins without what only a worker needs: AWS, SSH, the bundler of workflows',
    async (command) => {
      const heavy = (await packagesOf(command, '--help')).filter((name) =>
        /^(?:@aws-sdk|@temporalio\/worker|ssh2|node-ssh)/.test(name),
      );

      expect(heavy).toEqual([]);
    },
  );
});
