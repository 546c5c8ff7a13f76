import { readdir, readFile } from 'node:fs/promises';
import type { Trace } from './find-canaries.js';
import { watch } from './watch.js';

const pauseMs = 40;
/** The compiler that makes JavaScript of a process's own sources is a part of that process, with its environment. */
const compiler = /\/esbuild --service=/;

export interface ProcessSampler {
  /** Everything that was seen. */
  stop(): Promise<readonly Trace[]>;
}

/**
 * Looks at command line and environment of the processes of this machine as `ps` can: of new ones again and again, of
 * those that run already once. The environments of `allowed` ones, and ours, are where the secrets come from. A child of
 * theirs is still its parent until it runs a program of its own.
 */
export function sampleProcesses(allowed: readonly number[]): ProcessSampler {
  const seen = new Map<string, Trace>();
  const ownEnvironment = new Set([process.pid, ...allowed].map(String));
  let old: ReadonlySet<string> | undefined;

  const read = async (pid: string, file: 'cmdline' | 'environ'): Promise<string> =>
    (await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
  const isStillItsParent = async (pid: string, command: string): Promise<boolean> => {
    const [, parent = ''] =
      /^PPid:\s+(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')) ?? [];
    return ownEnvironment.has(parent) && (await read(parent, 'cmdline')) === command;
  };
  async function look(pid: string): Promise<void> {
    const command = await read(pid, 'cmdline');
    const what = `process ${pid}: ${command.slice(0, 120)}`;
    seen.set(`command line ${command}`, { place: 'command line', what, text: command });
    if (ownEnvironment.has(pid) || compiler.test(command)) return;
    if (await isStillItsParent(pid, command)) return;
    const text = await read(pid, 'environ');
    seen.set(`environment ${text}`, { place: 'environment', what, text });
  }
  const sampling = watch(pauseMs, async () => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    for (const pid of pids.filter((one) => old?.has(one) !== true)) {
      await look(pid);
    }
    old ??= new Set(pids);
  });
  return {
    async stop() {
      await sampling.stop();
      return [...seen.values()];
    },
  };
}
