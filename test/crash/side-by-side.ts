import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** So many go on side by side, however busy the machine is: each is mostly a waiting for time-outs. */
const atLeast = 2;
const lookMs = 1_000;

/**
 * Does tasks side by side, as many as the machine carries: beyond two, another one begins only when half a core was idle for
 * a second. Results are in the order of the tasks; the first that fails fails all.
 */
export async function sideBySide<T>(
  tasks: readonly (() => Promise<T>)[],
  idleCores: () => Promise<number> = measureIdleCores,
): Promise<readonly T[]> {
  const results: Promise<T>[] = [];
  let running = 0;
  for (const task of tasks) {
    while (running >= atLeast && (await idleCores()) < 0.5);
    running += 1;
    const result = task().finally(() => {
      running -= 1;
    });
    // looked at below, after the last one began
    result.catch(() => undefined);
    results.push(result);
  }
  return Promise.all(results);
}

/** How many cores had nothing to do in a second. */
async function measureIdleCores(): Promise<number> {
  const before = idleMs();
  const startedAt = performance.now();
  await sleep(lookMs);
  return (idleMs() - before) / (performance.now() - startedAt);
}

function idleMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
