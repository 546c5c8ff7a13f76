import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** USER_HZ, 100 on every Linux that runs Node. */
const ticksPerSecond = 100;
const everyMs = 200;

/** What one process has used since the meter started. */
export interface ProcessUse {
  /** User and system, all threads. */
  readonly cpuSeconds: number;
  /** The largest resident set that was seen, in MiB. */
  readonly maxRssMiB: number;
}

export interface ProcessMeter {
  /** Stops, and says what was seen. */
  stop(): Promise<ProcessUse>;
}

/** Watches a process by /proc five times a second. Fails when there is none of that pid. */
export async function startProcessMeter(pid: number): Promise<ProcessMeter> {
  const before = await cpuSecondsOf(pid);
  let maxKiB = parseRssKiB(await readFile(`/proc/${pid}/status`, 'utf8'));
  const timer = setInterval(() => {
    maxKiB = Math.max(maxKiB, rssNow(pid));
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      return { cpuSeconds: (await cpuSecondsOf(pid)) - before, maxRssMiB: Math.max(maxKiB, rssNow(pid)) / 1024 };
    },
  };
}

function rssNow(pid: number): number {
  try {
    return parseRssKiB(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return 0; // it has ended; whoever reads its processor time is told
  }
}

async function cpuSecondsOf(pid: number): Promise<number> {
  return parseCpuSeconds(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** proc(5): fields 14 and 15 are user and system ticks. The name (field 2) may hold blanks and brackets. */
export function parseCpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** VmRSS of a status file, in KiB; 0 where there is none, as of a zombie. */
export function parseRssKiB(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}
