import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandList } from '../../client/cli/command-list.js';
import { runCli } from '../../client/cli/run-cli.js';
import { captured } from './captured-streams.js';

const exampleSpec = new URL('../../examples/one-node.yaml', import.meta.url).pathname;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-cli-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [captured(), captured()];
  const exitCode = await runCli(args, { stdout, stderr, color: false, canAsk: false });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

describe('logs of a unit', () => {
  it('is not looked for in a wave that the unit is not in', async () => {
    const { exitCode, stderr } = await run('logs', 'wave/3/api-location');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('unit api-location is in wave 2, not in wave 3');
  });

  it('says of the name of a node how to read its log', async () => {
    const { exitCode, stderr } = await run('logs', 'k8s-redis');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('k8s-redis is not a unit of the spec; it is a node: npx groundswell logs node/k8s-redis');
  });
});

describe('a file that cannot be read or written', () => {
  it('is named with the reason', async () => {
    const { exitCode, stderr } = await run('validate', '/nowhere/cluster.yaml');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('spec /nowhere/cluster.yaml: cannot read the file: ENOENT');
  });
});

describe('runCli', () => {
  it('shows the commands and the exit codes as help, and ends well', async () => {
    const { exitCode, stdout } = await run('--help');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('resolve <step> <action>');
    expect(stdout).toContain('130 detached');
  });

  it('lists every command as that command describes itself', async () => {
    const help = (await run('--help')).stdout.replaceAll(/\s+/g, ' ');

    for (const { name, does } of commandList) {
      const { exitCode, stdout } = await run(name, '--help');

      const usage = /^Usage: groundswell (\S+(?: \S+)*)$/m.exec(stdout)?.[1]?.replace(/ \[options\]/, '');
      expect([name, exitCode, help.includes(` ${usage} ${does}`) ? 'listed' : usage]).toEqual([name, 0, 'listed']);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(does);
    }
  });

  it.each([
    { args: ['resolve', 'node/a/join'], usage: 'usage: groundswell resolve' },
    { args: ['resolve', 'node/a/join', 'explode', '--reason', 'x'], usage: 'usage: groundswell resolve' },
    { args: ['resolve', 'node/a/join', 'retry'], usage: 'usage: groundswell resolve' },
    { args: ['status', '--nonsense'], usage: 'usage: groundswell status' },
    { args: ['validate', 'a', 'b'], usage: 'usage: groundswell validate' },
    { args: ['ssh'], usage: 'usage: groundswell ssh' },
    { args: ['server', 'nope'], usage: 'usage: groundswell server' },
    { args: ['secret', 'nope'], usage: 'usage: groundswell secret' },
    { args: ['secret', 'import'], usage: 'usage: groundswell secret import' },
    { args: ['secret', 'export', 'a', 'b'], usage: 'usage: groundswell secret export' },
  ])('refuses $args with exit code 2 and the usage of that command only', async ({ args, usage }) => {
    const { exitCode, stdout, stderr } = await run(...args);

    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.split('\n').at(-2)).toMatch(new RegExp(`^${usage}`));
    expect(stderr.match(/usage:/g)).toHaveLength(1);
  });

  it('refuses a command that it does not know, and names the nearest', async () => {
    const { exitCode, stderr } = await run('stauts');

    expect(exitCode).toBe(2);
    expect(stderr).toContain("unknown command 'stauts'");
    expect(stderr).toContain('status');
  });

  it('refuses to ask where nobody can answer, before anything starts', async () => {
    const { exitCode, stderr } = await run('up', '--file', exampleSpec);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('add --yes');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('refuses a step that cannot be one without asking any server', async () => {
    const { exitCode, stderr } = await run('resolve', 'nonsense', 'retry', '--reason', 'x');

    expect(exitCode).toBe(2);
    expect(stderr).toContain('nonsense is not a step');
  });

  it('says that an action is none before it misses a reason', async () => {
    const { exitCode, stderr } = await run('resolve', 'node/k8s-redis/join', 'fix');

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "'fix' is invalid for argument 'action'. Allowed choices are retry, skip, replace, abort.",
    );
    expect(stderr).not.toContain('--reason');
  });

  it.each([['resolve', 'node/k8s-redis/join', 'retry'], ['pause'], ['resume'], ['stop']])(
    '%s needs a reason, and says so',
    async (...command) => {
      const { exitCode, stderr } = await run(...command);

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(new RegExp(`^error: ${command[0]} needs a reason: --reason "…"\nusage: groundswell `));
    },
  );

  it('takes -o json for --json, and no other form', async () => {
    const json = await run('validate', exampleSpec, '-o', 'json');
    const text = await run('validate', exampleSpec, '-o', 'text');
    const yaml = await run('validate', exampleSpec, '-o', 'yaml');

    expect(JSON.parse(json.stdout)).toMatchObject({ valid: true });
    expect(text.stdout).toContain('valid; cluster');
    expect(yaml).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Allowed choices are text, json') });
  });

  it.each([['resolve', 'node/k8s-redis/join', 'retry'], ['pause'], ['resume'], ['stop']])(
    '%s refuses a reason that is the "…" of an advice',
    async (...command) => {
      const { exitCode, stderr } = await run(...command, '--reason', '…');

      expect(exitCode).toBe(2);
      expect(stderr).toContain('Expected a reason in a few words.');
    },
  );
});

describe('validate', () => {
  it('says in one line that a spec is valid', async () => {
    const { exitCode, stdout } = await run('validate', exampleSpec);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/one-node\.yaml: valid; cluster \S+, 1 nodes?, \d+ units?\n$/);
  });

  it('says every problem of a broken spec with its place, those of its manifests too, and as one JSON document', async () => {
    const file = join(folder, 'broken.yaml');
    const text = await readFile(exampleSpec, 'utf8');
    await writeFile(file, text.replace(/^region: .*$/m, 'region: moon').replace(/^cluster: .*$/m, 'cluster: Über'));

    const plain = await run('validate', file);
    const json = await run('validate', file, '--json');

    expect([plain.exitCode, json.exitCode]).toEqual([2, 2]);
    expect(plain.stdout.trim().split('\n')).toHaveLength(3);
    expect(plain.stdout).toMatch(/broken\.yaml:\d+:\d+ region: found/);
    expect(plain.stdout).toMatch(/broken\.yaml: unit hello: one-node: expected a folder of manifests, found none\n$/);
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      problems: [
        { path: 'cluster' },
        { path: 'region' },
        { message: expect.stringContaining('unit hello') as unknown },
      ],
    });
  });

  it('warns of a Secret in plain text, without quoting it, and is still content', async () => {
    const file = join(folder, 'secret.yaml');
    const spec = (await readFile(exampleSpec, 'utf8')).replace('manifests: one-node', 'manifests: with-secret');
    await writeFile(file, spec);
    await mkdir(join(folder, 'with-secret'));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'hunter2' } };
    await writeFile(join(folder, 'with-secret', 'db.yaml'), JSON.stringify(secret));

    const plain = await run('validate', file);
    const json = await run('validate', file, '--json');

    expect([plain.exitCode, json.exitCode]).toEqual([0, 0]);
    expect(plain.stderr).toMatch(
      /^warning: \S+secret\.yaml: unit hello: Secret \S+\/db: expected no secret in plain text in with-secret, found stringData\.password; /m,
    );
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: true,
      problems: [],
      warnings: expect.arrayContaining([
        { message: expect.stringContaining('stringData.password') as unknown },
      ]) as unknown,
    });
    expect(`${plain.stdout}${plain.stderr}${json.stdout}`).not.toContain('hunter2');
  });

  it('names a unit whose folder of manifests is not there, which planning would refuse', async () => {
    const file = join(folder, 'elsewhere.yaml');
    await writeFile(file, await readFile(exampleSpec, 'utf8'));

    const { exitCode, stdout, stderr } = await run('validate', file);

    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/elsewhere\.yaml: unit \S+: \S+: expected a folder of manifests, found none\n/);
    expect(stderr).toMatch(/elsewhere\.yaml: \d+ problems?\n$/);
  });

  it('says that there is no such file, as text and as JSON', async () => {
    const { exitCode, stdout, stderr } = await run('validate', join(folder, 'none.yaml'), '--json');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: spec .*none\.yaml: cannot read the file/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { type: 'SpecInvalid', exitCode: 2 } });
  });
});

describe('--version', () => {
  it('prints the version of this installation', async () => {
    const { exitCode, stdout } = await run('--version');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('schema', () => {
  it('prints the JSON Schema of the spec', async () => {
    const { exitCode, stdout } = await run('schema');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'object', title: 'Groundswell cluster spec' });
  });
});
