import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

interface Sample {
  readonly atMs: number;
  readonly busySeconds: number;
}

/** Notes what the whole machine does until it is stopped. */
export interface CpuMeter {
  /** Seconds of all cores together between two moments (milliseconds since 1970) of the time that was noted. */
  busySeconds(fromMs: number, toMs: number): number;
  stop(): void;
}

const everyMs = 200;
/** USER_HZ, 100 on every Linux that runs Node. */
const ticksPerSecond = 100;

/** Starts to note /proc/stat five times a second. Whose work it is does not matter: both bring-ups are measured so. */
export async function startCpuMeter(): Promise<CpuMeter> {
  const samples: Sample[] = [await sample()];
  const timer = setInterval(() => {
    void sample().then((one) => samples.push(one));
  }, everyMs);
  return {
    busySeconds: (fromMs, toMs) => at(samples, toMs) - at(samples, fromMs),
    stop: () => {
      clearInterval(timer);
    },
  };
}

/** How many cores the machine uses now, over some seconds. */
export async function coresInUse(seconds: number): Promise<number> {
  const before = await sample();
  await pause(seconds * 1_000);
  const after = await sample();
  return (after.busySeconds - before.busySeconds) / ((after.atMs - before.atMs) / 1_000);
}

async function sample(): Promise<Sample> {
  return { busySeconds: parseBusySeconds(await readFile('/proc/stat', 'utf8')), atMs: Date.now() };
}

/**
 * Seconds that all cores were busy since boot. Source: proc(5), with the fields user, nice, system, idle, iowait, irq,
 * softirq and steal. The field user includes guests; time that the hypervisor stole was no work of ours.
 */
export function parseBusySeconds(stat: string): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (stat.split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq) / ticksPerSecond;
}

/** The counter at a moment, on the straight line between the samples around it. */
function at(samples: readonly Sample[], atMs: number): number {
  const next = samples.findIndex((one) => one.atMs >= atMs);
  const after = samples[next] ?? samples.at(-1);
  const before = samples[next - 1] ?? after;
  if (after === undefined || before === undefined) return 0;
  const span = after.atMs - before.atMs;
  const part = span === 0 ? 0 : Math.min(1, (atMs - before.atMs) / span);
  return before.busySeconds + (after.busySeconds - before.busySeconds) * part;
}
