import { beforeAll, describe, expect, it } from 'vitest';
import { commandList } from '../../../client/cli/command-list.js';
import { runCli } from '../../../client/cli/run-cli.js';
import { runProcess } from '../../../systems/process.js';
import { captured } from '../captured-streams.js';

async function scriptFor(shell: string): Promise<string> {
  const stdout = captured();
  const exitCode = await runCli(['completion', shell], { stdout, stderr: captured(), color: false, canAsk: false });
  expect(exitCode).toBe(0);
  return stdout.text();
}

async function isThere(program: string): Promise<boolean> {
  return (await runProcess('sh', ['-c', 'command -v -- "$1"', 'sh', program])).exitCode === 0;
}

describe('the completion for bash', () => {
  let script = '';
  beforeAll(async () => {
    script = await scriptFor('bash');
  });

  /** What bash would offer behind a line as it is typed; the last word is the one that is begun. */
  async function offers(...words: readonly string[]): Promise<readonly string[]> {
    const typed = ['groundswell', ...words].map((word) => `'${word}'`).join(' ');
    const call = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _groundswell; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await runProcess('bash', ['--norc', '-c', `${script}\n${call}`], {
      cwd: import.meta.dirname,
    });
    expect(stderr).toBe('');
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('offers commands, and those that begin as typed', async () => {
    expect(await offers('')).toEqual(expect.arrayContaining(commandList.map(({ name }) => name)));
    expect(await offers('st')).toEqual(['status', 'stop']);
    expect(await offers('secret', '')).toEqual(expect.arrayContaining(['show', 'export', 'import']));
  });

  it('offers the options of a command, its choices, and files where one belongs', async () => {
    expect(await offers('up', '--s')).toEqual(['--supersede']);
    expect(await offers('secret', 'import', '--r')).toEqual(['--replace']);
    expect(await offers('resolve', 'node/k8s-redis/join', 're')).toEqual(['retry', 'replace']);
    expect(await offers('status', '--output', '')).toEqual(['text', 'json']);
    expect(await offers('plan', '--file', 'comp')).toEqual(['completion.test.ts']);
    expect(await offers('validate', 'comp')).toEqual(['completion.test.ts']);
    expect(await offers('stop', '--reason', '')).toEqual([]);
  });
});

describe.each(['zsh', 'fish'])('the completion for %s', (shell) => {
  it('names every command with what it does, and every option', async () => {
    const script = await scriptFor(shell);

    for (const { name, does } of commandList) {
      expect(script).toContain(name);
      expect(script.replaceAll("'\\''", "'")).toContain(does);
    }
    for (const option of ['supersede', 'park-id', 'replace', 'tail']) expect(script).toContain(option);
    if (await isThere(shell)) {
      expect(await runProcess(shell, shell === 'zsh' ? ['-n'] : ['--no-execute'], { input: script })).toMatchObject({
        exitCode: 0,
      });
    }
  });
});

describe('completion', () => {
  it('knows no other shell, and names those that it knows', async () => {
    const stderr = captured();
    const exitCode = await runCli(['completion', 'tcsh'], { stdout: captured(), stderr, color: false, canAsk: false });

    expect(exitCode).toBe(2);
    expect(stderr.text()).toContain('Allowed choices are bash, zsh, fish');
  });
});
