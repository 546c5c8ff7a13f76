import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRunFolder } from '../../../systems/ansible/run-folder.js';
import { readRunOwner } from '../../../systems/ansible/run-owner.js';
import { sweepRunFolders } from '../../../systems/ansible/sweep-run-folders.js';
import { connectionPace } from '../../../systems/ssh/connection-pace.js';

const run = {
  playbook: 'join',
  host: { node: 'a', address: '127.0.0.1', user: 'root', key: { env: 'KEY' }, hostKeys: [] },
  variables: {},
  secretVariables: { node_join_token: 'abcdef.0123456789abcdef' },
} as const;
const names = (text: string): string => text.split('/').at(-1) ?? '';

let runs: string;

beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'groundswell-sweep-'));
  onTestFinished(() => rm(runs, { recursive: true, force: true }));
});

/** A process that makes the folder of a run, says so, and lives until it is killed. */
async function aWorkerWithARun(): Promise<{ readonly folder: string; readonly kill: () => Promise<void> }> {
  const source = resolve(import.meta.dirname, '../../../systems/ansible/run-folder.ts');
  const input = JSON.stringify({ runsFolder: runs, contentFolder: runs, run, privateKey: 'a key', pace: connectionPace });
  const code = `
    const { createRunFolder } = await import(${JSON.stringify(source)});
    const { path } = await createRunFolder(${input});
    console.log(path);
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [first] = await child.stdout.take(1).toArray();
  return {
    folder: String(first).trim(),
    kill: () =>
      new Promise((done) => {
        child.on('exit', () => {
          done();
        });
        child.kill('SIGKILL');
      }),
  };
}

describe('sweepRunFolders', () => {
  it('removes the key and the token that a run left whose worker and keeper were killed, and leaves one that runs', async () => {
    const [killed, alive] = await Promise.all([aWorkerWithARun(), aWorkerWithARun()]);
    const controlFolder = (await readRunOwner(killed.folder))?.controlFolder ?? '';
    expect(await readdir(killed.folder)).toEqual(expect.arrayContaining(['key', 'variables.json', 'owner.json']));
    expect(await sweepRunFolders(runs)).toEqual([]);

    await killed.kill();

    expect(await sweepRunFolders(runs)).toEqual([killed.folder]);
    expect(await readdir(runs)).toEqual([names(alive.folder)]);
    expect(await readdir(tmpdir())).not.toContain(names(controlFolder));
  });

  it('leaves a folder that an ansible-playbook still uses whose worker and keeper are gone', async () => {
    const { folder, kill } = await aWorkerWithARun();
    await kill();
    const orphan = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)', `${folder}/inventory.json`], {
      stdio: 'ignore',
    });
    onTestFinished(() => void orphan.kill('SIGKILL'));

    expect(await sweepRunFolders(runs)).toEqual([]);

    const ended = new Promise((done) => orphan.on('exit', done));
    orphan.kill('SIGKILL');
    await ended;
    expect(await sweepRunFolders(runs)).toEqual([folder]);
  });

  it('does not believe a pid that another process got since', async () => {
    const { path } = await createRunFolder({
      ...{ runsFolder: runs, contentFolder: runs, run, privateKey: 'a key', pace: connectionPace },
    });
    const owner = await readRunOwner(path);
    expect(await sweepRunFolders(runs)).toEqual([]);

    await writeFile(join(path, 'owner.json'), JSON.stringify({ ...owner, startedAt: 'an earlier boot 1' }));

    expect(await sweepRunFolders(runs)).toEqual([path]);
  });

  it.each([
    ['does not say whose it is', undefined],
    ['belongs to a process of another machine', { pid: 1, startedAt: 'x 1', place: 'elsewhere pid:[1]' }],
  ])('leaves a folder for a day that %s', async (_what, owner) => {
    const folder = join(runs, 'run-abcdef');
    await mkdir(folder);
    const away = await mkdtemp(join(tmpdir(), 'groundswell-not-ours-'));
    onTestFinished(() => rm(away, { recursive: true, force: true }));
    if (owner !== undefined) await writeFile(join(folder, 'owner.json'), JSON.stringify({ ...owner, controlFolder: away }));
    expect(await sweepRunFolders(runs)).toEqual([]);

    const before = new Date(Date.now() - 25 * 60 * 60_000);
    await utimes(folder, before, before);

    expect(await sweepRunFolders(runs)).toEqual([folder]);
    expect(await readdir(tmpdir())).toContain(names(away));
  });

  it('has nothing to do where no run ever was', async () => {
    expect(await sweepRunFolders(join(runs, 'missing'))).toEqual([]);
  });
});
