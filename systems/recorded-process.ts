import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { runProcess } from './process.js';

/**
 * The identity of one process, which also tells it from a later process with the same pid. A program that starts a
 * longer-lived process writes it to a state file.
 */
export interface RecordedProcess {
  readonly pid: number;
  /** Time of its start, in the form of the operating system (Linux: boot id and clock ticks since boot). */
  readonly startedAt: string;
}

/** Identifies a running process. Returns `undefined` when no process has this pid, or only a zombie. */
export async function recordProcess(pid: number): Promise<RecordedProcess | undefined> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await posixStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether this very process still runs. A later process with the same pid does not count. */
export async function isRunning(recorded: RecordedProcess): Promise<boolean> {
  return (await recordProcess(recorded.pid))?.startedAt === recorded.startedAt;
}

/**
 * Ends this very process: TERM, then KILL after `graceMs`. Does nothing when the process is gone. Returns after its
 * end.
 */
export async function endProcess(recorded: RecordedProcess, graceMs: number): Promise<void> {
  if (!(await signalProcess(recorded, 'SIGTERM'))) return;
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (!(await isRunning(recorded))) return;
    await delay(50);
  }
  if (!(await signalProcess(recorded, 'SIGKILL'))) return;
  while (await isRunning(recorded)) await delay(50);
}

/** Sends a signal to this very process. Returns whether the process was there. */
export async function signalProcess(recorded: RecordedProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(recorded))) return false;
  return signalPid(recorded.pid, signal) || (await isRunning(recorded));
}

/**
 * Sends a signal to the present process with this pid. Returns `false` when there is none, or when we may not signal
 * it.
 */
export function signalPid(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Source: proc(5), /proc/pid/stat: field 3 is the state, 20 the number of threads, 22 the start. The name (field 2) may hold spaces. */
async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const threads = Number(fields[17]);
    const startTicks = fields[19];
    // the first thread of a killed process can be a zombie while others still hold its ports and files
    if ((state === 'Z' && threads <= 1) || state === 'X' || startTicks === undefined) return undefined;
    return `${bootId.trim()} ${startTicks}`;
  } catch {
    return undefined;
  }
}

async function posixStart(pid: number): Promise<string | undefined> {
  const result = await runProcess('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  const [state, ...started] = result.stdout.trim().split(/\s+/);
  return result.exitCode !== 0 || state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
}
