import { cp, mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProcess } from '../../systems/process.js';
import { root } from '../../installation/config.js';

const main = 'client/cli/main.ts';
let tree = '';

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'groundswell-compile-'));
  for (const file of ['bin/compile.mjs', 'bin/start.mjs', 'package.json', 'package-lock.json']) {
    await mkdir(dirname(join(tree, file)), { recursive: true });
    await cp(join(root, file), join(tree, file));
  }
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
  await source('client/says.ts', 'export const says: string = "first";');
  await source(main, `import { says } from '../says.js';\nprocess.stdout.write(\`\${says}\\n\`);`);
});
afterEach(async () => {
  await rm(tree, { recursive: true, force: true });
});

/** Writes a source as old as one that is unpacked from an archive: no time says that it is new. */
async function source(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), text);
  await utimes(join(tree, file), new Date(0), new Date(0));
}

async function start(program = main, ...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await runProcess(process.execPath, [
    join(tree, 'bin', 'start.mjs'),
    program,
    ...args,
  ]);
  return { exitCode, stdout: stdout.trim(), stderr };
}

async function compiled(): Promise<readonly string[]> {
  return (await readdir(join(tree, 'dist'))).sort();
}

describe('a program of the compiled tree', () => {
  it('is compiled by its first start, and once only', async () => {
    const [first, folders] = [await start(), await compiled()];
    const [second, after] = [await start(), await compiled()];

    expect([first, second].map(({ stdout }) => stdout)).toEqual(['first', 'first']);
    expect(folders).toHaveLength(1);
    expect(after).toEqual(folders);
  });

  it('says what the sources say now, whatever their times: edited, taken back, renamed, new', async () => {
    const said: string[] = [];
    const says = async (): Promise<void> => {
      const { stdout, stderr } = await start();
      said.push(`${stdout}${stderr}`);
    };

    await says();
    await source('client/says.ts', 'export const says: string = "second";');
    await says();
    await source('client/says.ts', 'export const says: string = "first";');
    await says();
    await source('model/word.ts', 'export const word: string = "third";');
    await source('client/says.ts', `export { word as says } from '../model/word.js';`);
    await says();
    await rename(join(tree, 'model/word.ts'), join(tree, 'model/other.ts'));
    await source('model/other.ts', 'export const word: string = "fourth";');
    await source('client/says.ts', `export { word as says } from '../model/other.js';`);
    await says();

    expect(said).toEqual(['first', 'second', 'first', 'third', 'fourth']);
  });

  it('is the one of the last edit where somebody edits while it is compiled', async () => {
    const starting = start();
    for (const word of ['a', 'b', 'c', 'd']) await source('client/says.ts', `export const says: string = "${word}";`);
    await starting;

    const { stdout } = await start();

    expect(stdout).toBe('d');
  });

  it('runs for each of several that start at the same moment, and leaves one folder', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => start()));

    expect(all.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(all.map(() => ['first', 0]));
    expect(await compiled()).toHaveLength(1);
  });

  it('gets its arguments and its exit code, and finds what lies beside its source', async () => {
    await source(
      main,
      `import { fileURLToPath } from 'node:url';
      process.stdout.write([fileURLToPath(new URL('../says.ts', import.meta.url)), process.argv[1], ...process.argv.slice(2)].join(' '));
      process.exitCode = 3;`,
    );

    const { stdout, exitCode } = await start(main, 'one', '--two');

    expect(stdout).toBe(`${join(tree, 'client/says.ts')} ${join(tree, main)} one --two`);
    expect(exitCode).toBe(3);
  });

  it('says in a stack where its source is', async () => {
    await source(main, `const told: string = 'nobody knows';\n\nthrow new Error(told);\n`);

    const { exitCode, stderr } = await start();

    expect(exitCode).toBe(1);
    expect(stderr).toContain('nobody knows');
    expect(stderr).toContain(`${main}:3:7`);
  });

  it('runs from its source where nothing can be compiled to, and where it is none of those that are compiled', async () => {
    await writeFile(join(tree, 'dist'), 'a file in the way, as a folder that belongs to somebody else would be');
    await source(
      'test/other.ts',
      `import { says } from '../client/says.js';\nprocess.stdout.write(\`other: \${says}\`);`,
    );

    const [program, other] = [await start(), await start('test/other.ts')];

    expect([program.stdout, other.stdout]).toEqual(['first', 'other: first']);
  });

  it('names the mistake in a source that cannot be compiled', async () => {
    await source('client/says.ts', 'export const says: string = ;');

    const { exitCode, stderr } = await start();

    expect(exitCode).toBe(1);
    expect(stderr).toContain('client/says.ts:1:');
  });
});
