import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CliRun } from '../../client/cli/define-command.js';
import { addSecret, type SecretInput } from '../../client/commands/secret.js';
import { secretFingerprint } from '../../systems/ssh/secret-fingerprint.js';
import type { Target } from '../../installation/target.js';
import { captured } from './captured-streams.js';
import { runCommand } from './run-command.js';

const [one, other] = ['1'.repeat(64), '2'.repeat(64)];
let folder: string;
let target: Target;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'groundswell-secret-'));
  const workerSecretFile = join(folder, 'state', 'worker-secret');
  target = { kind: 'live', temporal: { address: '', namespace: 'default' }, spec: '', artifacts: '', workerSecretFile };
});
afterEach(() => rm(folder, { recursive: true }));

interface Typed {
  readonly stdin?: SecretInput;
  readonly terminal?: boolean;
}
function secret(args: readonly string[], { stdin = Readable.from([]), terminal = false }: Typed = {}) {
  const add = (program: Command, run: CliRun): void => {
    addSecret(program, run, stdin);
  };
  const stdout = terminal ? captured({ columns: 80, rows: 24 }) : captured();
  return runCommand(target, add, ['secret', ...args], stdout);
}
const bring = (text: string, ...options: readonly string[]) =>
  secret(['import', '-', ...options], { stdin: Readable.from([text]) });
const kept = (): Promise<string> => readFile(target.workerSecretFile, 'utf8');

describe('secret show', () => {
  it('says the fingerprint and the file, and never the secret', async () => {
    await bring(one);

    const [text, json] = [await secret(['show']), await secret(['show', '--json'])];

    expect(text.stdout).toBe(`worker secret: fingerprint ${secretFingerprint(one)}, in ${target.workerSecretFile}\n`);
    expect(JSON.parse(json.stdout)).toEqual({ file: target.workerSecretFile, fingerprint: secretFingerprint(one) });
    expect(text.stdout + text.stderr + json.stdout + json.stderr).not.toContain(one);
  });

  it('makes none where there is none', async () => {
    expect(await secret(['show'])).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('none in') });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('secret export', () => {
  it('writes a file that only its owner reads, and that import takes', async () => {
    await bring(one);
    const copy = join(folder, 'copy');

    const { exitCode, stdout } = await secret(['export', copy]);
    await rm(target.workerSecretFile);
    await secret(['import', copy]);

    expect(exitCode).toBe(0);
    expect(stdout).not.toContain(one);
    expect((await stat(copy)).mode & 0o777).toBe(0o600);
    expect(await kept()).toBe(`${one}\n`);
  });

  it('leaves a file that is there as it is', async () => {
    await bring(one);
    const copy = join(folder, 'copy');
    await writeFile(copy, 'something else');

    const { exitCode, stderr } = await secret(['export', copy]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('it exists already');
    expect(await readFile(copy, 'utf8')).toBe('something else');
  });

  it('goes into a pipe when it is asked to, but is not shown on a terminal or among JSON', async () => {
    await bring(one);

    expect(await secret(['export', '-'])).toMatchObject({ exitCode: 0, stdout: `${one}\n` });
    for (const refused of [
      await secret(['export', '-'], { terminal: true }),
      await secret(['export', '-', '--json']),
    ]) {
      expect(refused.exitCode).toBe(2);
      expect(refused.stdout + refused.stderr).not.toContain(one);
    }
  });

  it('says that there is none to export, and makes no file', async () => {
    const copy = join(folder, 'copy');

    expect(await secret(['export', copy])).toMatchObject({ exitCode: 5 });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('secret import', () => {
  it('does not replace another one, and says what to type', async () => {
    await bring(one);

    const { exitCode, stderr } = await bring(other);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(`expected --replace ${secretFingerprint(one)}`);
    expect(await kept()).toBe(`${one}\n`);
  });

  it('replaces the one that is named, and says where it is kept', async () => {
    await bring(one);

    const { exitCode, stdout } = await bring(other, '--replace', secretFingerprint(one));

    expect(exitCode).toBe(0);
    expect(await kept()).toBe(`${other}\n`);
    const [, place = ''] = /is now in (\S+)/.exec(stdout) ?? [];
    expect(await readFile(place, 'utf8')).toBe(`${one}\n`);
  });

  it('of the same one changes nothing', async () => {
    await bring(one);

    expect(await bring(one)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('as before') });
  });

  it('refuses what is no secret, a file that is not there, and a terminal; nothing is lost', async () => {
    await bring(one);
    const typed: SecretInput = Object.assign(Readable.from([other]), { isTTY: true });

    for (const refused of [
      await bring('no secret', '--replace', secretFingerprint(one)),
      await bring('', '--replace', secretFingerprint(one)),
      await secret(['import', join(folder, 'nowhere'), '--replace', secretFingerprint(one)]),
      await secret(['import', '-', '--replace', secretFingerprint(one)], { stdin: typed }),
    ]) {
      expect(refused.exitCode).toBe(2);
      expect(refused.stderr.trim().split('\n')).toHaveLength(1);
    }
    expect(await kept()).toBe(`${one}\n`);
  });
});
