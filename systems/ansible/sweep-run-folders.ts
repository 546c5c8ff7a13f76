import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runProcess } from '../process.js';
import { controlFolderPrefix, runFolderPrefix } from './run-folder.js';
import { ownerState, readRunOwner } from './run-owner.js';

/** No run lasts nearly as long (`playbookDeadlines`), so nobody uses an older folder, wherever its owner was. */
const longestUseMs = 24 * 60 * 60_000;

/**
 * Removes the folders of Ansible runs that were cut off with their keeper, as by a power cut. Each holds a private key
 * and a join token. Keeps a folder while its owner runs or any process names the folder, and for a day if this process
 * cannot see the owner. Returns the removed folders. Never fails: keeps a folder that it cannot read.
 */
export async function sweepRunFolders(runsFolder: string, nowMs = Date.now()): Promise<readonly string[]> {
  const names = (await readdir(runsFolder).catch(() => [])).filter((name) => name.startsWith(runFolderPrefix));
  if (names.length === 0) return [];
  const commands = await commandLines();
  const removed: string[] = [];
  for (const name of names) {
    if (commands === undefined || commands.includes(`/${name}`)) continue;
    const folder = join(runsFolder, name);
    if (await sweep(folder, nowMs).catch(() => false)) removed.push(folder);
  }
  return removed;
}

async function sweep(folder: string, nowMs: number): Promise<boolean> {
  const owner = await readRunOwner(folder);
  const state = await ownerState(owner);
  if (state === 'runs') return false;
  if (state === 'unknown' && nowMs - (await stat(folder)).mtimeMs < longestUseMs) return false;
  await rm(folder, { recursive: true, force: true });
  if (owner !== undefined && isControlFolder(owner.controlFolder)) {
    await rm(owner.controlFolder, { recursive: true, force: true });
  }
  return true;
}

/** Whether a path is a control folder: the mark in a folder must not make us remove anything else. */
function isControlFolder(path: string): boolean {
  return dirname(path) === tmpdir() && basename(path).startsWith(controlFolderPrefix);
}

/**
 * Reads the command lines of all processes: keeper, ansible-playbook and ssh name the folder of their run. Returns
 * `undefined` when it cannot read them.
 */
async function commandLines(): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxCommandLines().catch(() => undefined);
  const { exitCode, stdout } = await runProcess('ps', ['-A', '-ww', '-o', 'args=']);
  return exitCode === 0 ? stdout : undefined;
}

async function linuxCommandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.join('\n');
}
