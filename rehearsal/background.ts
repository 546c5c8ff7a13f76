import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RolloutError } from '../model/rollout-error.js';
import { startDetached } from '../systems/process.js';
import { readPidFile, writePidFile } from '../systems/pid-file.js';
import { endProcess, isRunning as isAlive, recordProcess } from '../systems/recorded-process.js';
import type { RehearsalFolder } from './rehearsal-folder.js';
import { waitUntil, type Look } from '../systems/wait-until.js';

/** The processes of a rehearsal that go on after the command has ended. */
export type BackgroundName = 'outside' | 'bridge' | 'worker';

export interface BackgroundCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a background process unless it runs already. Its output goes to `<name>.log` of the rehearsal. */
export async function startBackground(
  folder: RehearsalFolder,
  name: BackgroundName,
  command: BackgroundCommand,
): Promise<{ readonly started: boolean }> {
  if (await isRunning(folder, name)) return { started: false };
  await mkdir(folder.dir, { recursive: true });
  const { file, args, env } = command;
  const pid = startDetached(file, args, { cwd: folder.dir, env, logFile: logFile(folder, name) });
  const recorded = await recordProcess(pid);
  if (recorded !== undefined) await writePidFile(pidFile(folder, name), recorded);
  return { started: true };
}

export async function isRunning(folder: RehearsalFolder, name: BackgroundName): Promise<boolean> {
  const recorded = await readPidFile(pidFile(folder, name));
  return recorded !== undefined && (await isAlive(recorded));
}

/** Asks a background process to end, and ends it after `graceMs`. Only the recorded process, never another one of that pid. */
export async function stopBackground(folder: RehearsalFolder, name: BackgroundName, graceMs: number): Promise<void> {
  const recorded = await readPidFile(pidFile(folder, name));
  if (recorded !== undefined) await endProcess(recorded, graceMs);
  await rm(pidFile(folder, name), { force: true });
}

/**
 * Records this very process as a worker, so that the end of the rehearsal ends it too, whoever started it. Records it
 * as the worker of the rehearsal if the previous one is gone.
 */
export async function recordOwnWorker(folder: RehearsalFolder): Promise<void> {
  const recorded = await recordProcess(process.pid);
  if (recorded === undefined) return;
  await writePidFile(join(folder.dir, `worker-${process.pid}.pid`), recorded);
  if (!(await isRunning(folder, 'worker'))) await writePidFile(pidFile(folder, 'worker'), recorded);
}

/** Ends every worker of the rehearsal: the one that it started, and those that people started since. */
export async function stopWorkers(folder: RehearsalFolder, graceMs: number): Promise<void> {
  const files = await readdir(folder.dir).catch(() => []);
  const workers = files.filter((file) => /^worker(-\d+)?\.pid$/.test(file)).map((file) => join(folder.dir, file));
  await Promise.all(
    workers.map(async (file) => {
      const recorded = await readPidFile(file);
      if (recorded !== undefined) await endProcess(recorded, graceMs);
      await rm(file, { force: true });
    }),
  );
}

/** Waits until `ready` gives something. Fails with `CommandFailed`, the end of its log as details, when the process dies first. */
export async function waitForBackground<T>(
  folder: RehearsalFolder,
  name: BackgroundName,
  ready: () => Promise<T | undefined>,
): Promise<T> {
  const look = async (): Promise<Look<T | undefined>> => {
    const value = await ready();
    if (value !== undefined) return { done: value };
    return (await isRunning(folder, name)) ? { waitsFor: `${name} to be ready` } : { done: undefined };
  };
  const outcome = await waitUntil(look, { everyMs: 200, deadlineMs: 120_000 });
  if ('done' in outcome && outcome.done !== undefined) return outcome.done;
  const log = await readFile(logFile(folder, name), 'utf8').catch(() => '');
  const end = log.trim().split('\n').slice(-5).join(' | ');
  throw new RolloutError('CommandFailed', `${name}: did not start; ${logFile(folder, name)} ends with: ${end}`);
}

/** The environment of every process of a rehearsal: nothing ambient but what programs need to run at all. */
export function cleanEnvironment(folder: RehearsalFolder): Record<string, string> {
  return {
    PATH: `${folder.bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: folder.dir,
    LANG: 'C.UTF-8',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    GROUNDSWELL_REHEARSAL: folder.root,
  };
}

/** The command line that runs a TypeScript file of ours on this Node, as it is now: compiled where that can be. */
export function ownProgram(folder: RehearsalFolder, file: string, args: readonly string[] = []): readonly string[] {
  return [process.execPath, join(folder.root, 'bin', 'start.mjs'), file, ...args];
}

function pidFile(folder: RehearsalFolder, name: BackgroundName): string {
  return join(folder.dir, `${name}.pid`);
}

export function logFile(folder: RehearsalFolder, name: BackgroundName): string {
  return join(folder.dir, `${name}.log`);
}
