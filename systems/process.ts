import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { execa } from 'execa';
import { RolloutError } from '../model/rollout-error.js';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the child, without any of our variables. Default: our environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Ends the child on abort (TERM, KILL after 5 s). */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Called at once with each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
}

/** The end of a process. A failed process has the same shape as a good one. */
export interface ProcessResult {
  readonly command: string;
  /** `undefined` when a signal ended the process, or when it never ran. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The reason for a missing exit code or for the failure, in one line; empty when the exit code is 0. */
  readonly problem: string;
}

/** Runs a program to its end. Never throws because of the program: read `exitCode` and `problem`. */
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

/**
 * Runs a program that must succeed, and returns its stdout. Fails with `CommandFailed`, with the end of stderr as
 * details.
 */
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
 * Runs a program on this terminal like a typed command, and returns its exit code: 128 plus the number of a signal that
 * ended it. Ctrl-C reaches the program by the terminal itself; this process passes TERM and HUP on.
 * Fails with `CommandFailed` when the program cannot start.
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
  /** File to which stdout and stderr are appended. */
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
  /** The whole environment of the child, without any of our variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Releases the child on abort, as our own death does. */
  readonly signal?: AbortSignal;
  /** Called at once with each line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  /** Called with each line that the program writes to file descriptor 3. */
  readonly onMessage: (line: string) => void;
  /** How long a released child may take to end itself before it is killed. Default 15 s. */
  readonly graceMs?: number;
}

const letGoGraceMs = 15_000;

/**
 * Runs a program whose life is bound to ours. We hold its stdin open; when that closes, also by a SIGKILL of this
 * process, the program must end itself and all its children. After `graceMs`, kills a program that does not, and waits
 * for none of its children, though they may hold our pipes open. Returns stdout and stderr together in `stdout`. Never
 * throws because of the program.
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
