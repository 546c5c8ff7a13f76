import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { execa } from 'execa';
import { RolloutError } from '../model/rollout-error.js';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the child where given; nothing of ours is added to it. Default: ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Ends the child (TERM, KILL after 5 s) when aborted. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a process ended. A failed process has the same shape as a good one. */
export interface ProcessResult {
  readonly command: string;
  /** `undefined` when the process was ended by a signal or never ran. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit code, or what went wrong, in one line; empty when the exit code is 0. */
  readonly problem: string;
}

/** Runs a program to its end. Never throws for what the program does: read `exitCode` and `problem`. */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const child = execa(file, [...args], {
    reject: false,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env }, extendEnv: false }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    maxBuffer: 64 * 1024 * 1024,
  });
  if (options.onLine !== undefined) void forwardLines(child, options.onLine);
  const result = await child;
  return {
    command: result.command,
    exitCode: result.exitCode,
    stdout: result.stdout,
    stderr: result.stderr,
    problem: result.failed ? (result.shortMessage?.split('\n')[0] ?? 'failed') : '',
  };
}

async function forwardLines(child: AsyncIterable<unknown>, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of child) onLine(String(line));
  } catch {
    // the end of the child is reported by its own result
  }
}

/** Runs a program that must succeed, and returns its stdout. Fails with `CommandFailed`, the end of stderr as details. */
export async function mustRun(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await runProcess(file, args, options);
  if (result.exitCode === 0) return result.stdout;
  const output = (result.stderr || result.stdout).trim();
  const lastLine = output.split('\n').at(-1) ?? '';
  throw new RolloutError('CommandFailed', `${file}: ${result.problem}${lastLine === '' ? '' : `: ${lastLine}`}`, {
    details: output.slice(-4000),
  });
}

export interface DetachedOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** stdout and stderr are appended here. */
  readonly logFile: string;
}

/** Starts a program in a session of its own that outlives this process. Returns its pid. */
export function startDetached(file: string, args: readonly string[], options: DetachedOptions): number {
  const log = openSync(options.logFile, 'a');
  const child = spawn(file, [...args], {
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  closeSync(log);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new RolloutError('CommandFailed', `${file}: could not be started`);
  return child.pid;
}
