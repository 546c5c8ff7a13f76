import { access, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { openSync } from 'node:fs';
import { promisify } from 'node:util';
import { root } from '../../installation/config.js';

const exec = promisify(execFile);

/** A copy of this tree to rehearse in, so that a rehearsal that runs in the clone itself is not disturbed. */
export interface FreshCopy {
  readonly dir: string;
  /** Runs a command line of package.json's scripts or of `npx` to its end, without a terminal. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** Starts one and leaves it running; its output goes to a file. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Started;
  remove(): Promise<void>;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly log: string;
  readonly ended: Promise<number>;
  /** Ends it with everything that it started in its session, unless it has ended. */
  stop(): Promise<void>;
}

/** Copies what git knows of (as it is in the work tree), and shares the installed dependencies. */
export async function freshCopy(name: string): Promise<FreshCopy> {
  const dir = await mkdtemp(join(tmpdir(), `groundswell-${name}-`));
  const listed = await exec('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.stdout.split('\0').filter((path) => path !== '')) {
    if (!(await exists(join(root, file)))) continue;
    await mkdir(dirname(join(dir, file)), { recursive: true });
    await cp(join(root, file), join(dir, file));
  }
  await symlink(join(root, 'node_modules'), join(dir, 'node_modules'));
  await mkdir(join(dir, '.groundswell'));
  if (await exists(join(root, '.groundswell', 'venv'))) {
    await symlink(join(root, '.groundswell', 'venv'), join(dir, '.groundswell', 'venv'));
  }
  const environment = (env: Readonly<Record<string, string>> = {}) => ({ ...process.env, ...env });
  return {
    dir,
    async run(args, env) {
      const [file = '', ...rest] = args;
      try {
        const { stdout, stderr } = await exec(file, rest, {
          cwd: dir,
          env: environment(env),
          maxBuffer: 64 * 1024 * 1024,
        });
        return { exitCode: 0, stdout, stderr };
      } catch (error) {
        if (!isExecFailure(error)) throw error;
        return {
          exitCode: typeof error.code === 'number' ? error.code : 1,
          stdout: error.stdout,
          stderr: error.stderr,
        };
      }
    },
    start(args, env) {
      const [file = '', ...rest] = args;
      const log = join(dir, '.groundswell', `${rest.join('-').replaceAll(/[^a-z-]/g, '')}.log`);
      const output = openSync(log, 'a');
      const child = spawn(file, rest, {
        cwd: dir,
        env: environment(env),
        stdio: ['ignore', output, output],
        detached: true,
      });
      const ended = new Promise<number>((resolve) => {
        child.on('exit', (code) => {
          resolve(code ?? 1);
        });
      });
      const stop = async (): Promise<void> => {
        if (child.pid === undefined || child.exitCode !== null) return;
        process.kill(-child.pid, 'SIGTERM');
        await ended;
      };
      return { child, log, ended, stop };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function isExecFailure(error: unknown): error is { code: unknown; stdout: string; stderr: string } {
  return typeof error === 'object' && error !== null && 'stdout' in error && 'stderr' in error;
}
