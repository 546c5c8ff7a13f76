import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
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
    all: options.onLine !== undefined,
  });
  if (options.onLine !== undefined) void forwardLines(child.iterable({ from: 'all' }), options.onLine);
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

/**
 * Runs a program on this terminal, as if it had been typed, and returns its exit code; 128 and the signal's number when
 * a signal ended it. Ctrl-C reaches the program by the terminal itself; TERM and HUP are passed on.
 * Fails with `CommandFailed` when it cannot be started.
 */
export async function runInForeground(
  file: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<number> {
  const child = spawn(file, [...args], { stdio: 'inherit', ...options });
  const ignore = (): void => undefined;
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', (cause) => {
        reject(new RolloutError('CommandFailed', `${file}: cannot start: ${cause.message}`, { cause }));
      });
      child.on('exit', (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
      });
    });
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass);
  }
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
  if (child.pid === undefined) throw new RolloutError('CommandFailed', `${file}: cannot start`);
  return child.pid;
}

export interface BoundOptions {
  readonly cwd?: string;
  /** The whole environment of the child; nothing of ours is added to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets go of the child when aborted, as our own death does. */
  readonly signal?: AbortSignal;
  /** Called with each line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with each line that the program writes to file descriptor 3. */
  readonly onMessage: (line: string) => void;
  /** How long the child may take to end itself after it was let go, before it is killed. Default 15 s. */
  readonly graceMs?: number;
}

const letGoGraceMs = 15_000;

/**
 * Runs a program whose life is bound to ours: we hold its stdin open, and the program must end itself and everything it
 * started when that closes, which a SIGKILL of this process does too. One that does not is killed after `graceMs`, and what
 * it left is not waited for, though it may hold our pipes open. stdout and stderr come back together in `stdout`.
 * Never throws for what the program does.
 */
export async function runBound(file: string, args: readonly string[], options: BoundOptions): Promise<ProcessResult> {
  const command = [file, ...args].join(' ');
  const child = spawn(file, [...args], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8 * 1024 * 1024);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  child.stdin.on('error', () => undefined);
  const messages = child.stdio[3];
  const { onLine } = options;
  const told = Promise.all([
    ...(messages instanceof Readable ? [eachLine(messages, options.onMessage)] : []),
    ...(onLine === undefined ? [] : [eachLine(child.stdout, onLine), eachLine(child.stderr, onLine)]),
  ]);

  const { graceMs = letGoGraceMs } = options;
  const end = Promise.withResolvers<{ code: number | null; problem: string; killed?: true }>();
  let killer: NodeJS.Timeout | undefined;
  const letGo = (): void => {
    child.stdin.destroy();
    killer = setTimeout(() => {
      child.kill('SIGKILL');
      end.resolve({
        code: null,
        problem: `${file} did not end within ${graceMs / 1_000} s and was killed`,
        killed: true,
      });
    }, graceMs);
  };
  if (options.signal?.aborted === true) letGo();
  options.signal?.addEventListener('abort', letGo, { once: true });
  try {
    child.on('error', (error) => {
      end.resolve({ code: null, problem: error.message });
    });
    child.on('close', (code, signal) => {
      end.resolve({ code, problem: code === 0 ? '' : `${file} ended with ${signal ?? `exit code ${code}`}` });
    });
    const ended = await end.promise;
    if (ended.killed !== true) await told;
    return { command, exitCode: ended.code ?? undefined, stdout: output, stderr: '', problem: ended.problem };
  } finally {
    clearTimeout(killer);
    options.signal?.removeEventListener('abort', letGo);
    for (const stream of child.stdio) stream?.destroy();
  }
}

async function eachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) onLine(line);
  } catch {
    // a broken pipe is reported by the end of the program
  }
}
