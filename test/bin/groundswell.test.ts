import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { runProcess } from '../../systems/process.js';

/** Names every module that is loaded, as its importer names it. */
const tellLoads = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  registerHooks({ resolve(name, context, next) { writeSync(2, 'loads ' + name + '\\n'); return next(name, context); } });
`)}`;

async function packagesOf(...args: readonly string[]): Promise<readonly string[]> {
  const program = [join(root, 'bin', 'start.mjs'), 'client/cli/main.ts', ...args];
  const { stdout, stderr } = await runProcess(process.execPath, ['--import', tellLoads, ...program]);
  expect(stdout).toContain('Usage: groundswell');
  const names = [...stderr.matchAll(/^loads (.*)$/gm)].map(([, name = '']) => name);
  return [...new Set(names)].filter((name) => !/^(?:node:|file:|data:|\.|\/)/.test(name));
}

// the first start after a change compiles
beforeAll(() => packagesOf('--help'));

describe('groundswell', () => {
  // the first start after a change of the sources compiles them
  beforeAll(async () => {
    await packagesOf('--help');
  }, 120_000);

  it('shows its help without loading a package that the help does not need', async () => {
    expect(await packagesOf('--help')).toEqual([]);
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
