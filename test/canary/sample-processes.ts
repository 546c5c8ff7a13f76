import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Trace } from './find-canaries.js';

const pauseMs = 40;

export interface ProcessSampler {
  /** Everything that was seen. */
  stop(): Promise<readonly Trace[]>;
}

/**
 * Looks at command line and environment of the processes of this machine as `ps` can: of new ones again and again, of
 * those that run already once. The environments of `allowed` ones, and ours, are where the secrets come from.
 */
export function sampleProcesses(allowed: readonly number[]): ProcessSampler {
  const seen = new Map<string, Trace>();
  const ownEnvironment = new Set([process.pid, ...allowed].map(String));
  let old: ReadonlySet<string> | undefined;
  let stopped = false;

  async function look(pid: string, file: 'cmdline' | 'environ'): Promise<void> {
    const text = (await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const place = file === 'cmdline' ? 'command line' : 'environment';
    if (text !== '') seen.set(`${place} ${text}`, { place, what: `process ${pid}`, text });
  }
  async function sample(): Promise<void> {
    while (!stopped) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      for (const pid of pids.filter((one) => old?.has(one) !== true)) {
        await look(pid, 'cmdline');
        if (!ownEnvironment.has(pid)) await look(pid, 'environ');
      }
      old ??= new Set(pids);
      await delay(pauseMs);
    }
  }
  const sampling = sample();
  return {
    async stop() {
      stopped = true;
      await sampling;
      return [...seen.values()];
    },
  };
}
