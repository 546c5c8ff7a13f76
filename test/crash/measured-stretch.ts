import { join } from 'node:path';
import { mustRun } from '../../systems/process.js';
import { compiledTree } from './compiled-tree.js';

/** What the start of a worker's program takes on a machine that has nothing else to do. */
const calmMs = 600;
const largest = 8;

/**
 * By how much the shortened time-outs are made longer again: by how much slower this machine, as busy as it is, starts a
 * worker's program. A power of two from 1 to 8, so that few bundles of workflows are made.
 */
export async function measuredStretch(): Promise<number> {
  const program = join(await compiledTree(), 'test/crash/crash-worker.js');
  let slowestMs = 0;
  for (let tries = 0; tries < 3; tries += 1) {
    const startedAt = performance.now();
    // without its word `--run` it is loaded, and ends
    await mustRun(process.execPath, [program]);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  }
  return stretchOf(slowestMs);
}

/** The stretch for a start that took so long. */
export function stretchOf(startMs: number): number {
  const slower = Math.max(1, startMs / calmMs);
  return Math.min(largest, 2 ** Math.ceil(Math.log2(slower)));
}
