import { readFile } from 'node:fs/promises';

/** A process that cannot be taken for another one that later gets the same pid. */
export interface RecordedProcess {
  readonly pid: number;
  /** Clock ticks since the machine's boot (field 22 of proc(5)'s `stat`). */
  readonly startTicks: string;
}

/** The process that has this pid now; `undefined` when there is none, or only a zombie. */
export async function readProcess(pid: number): Promise<RecordedProcess | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '');
  // the name is in parentheses and may hold blanks and parentheses itself
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || startTicks === undefined || state === 'Z') return undefined;
  return { pid, startTicks };
}

/** Whether the recorded process still runs. */
export async function isAlive(recorded: RecordedProcess): Promise<boolean> {
  return (await readProcess(recorded.pid))?.startTicks === recorded.startTicks;
}

/** Reads a `pid startTicks` file as `run-host.sh` writes it; `undefined` when it is missing or not of that form. */
export async function readPidFile(path: string): Promise<RecordedProcess | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const match = /^(\d+) (\d+)\n$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { pid: Number(match[1]), startTicks: match[2] };
}

/** Sends a signal; `false` when there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
