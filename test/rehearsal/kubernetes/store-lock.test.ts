import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withStoreLock } from '../../../rehearsal/kubernetes/store-lock.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'store-lock-'));
});
afterEach(() => rm(dir, { recursive: true }));

const lockFile = (): string => join(dir, 'key.lock');
const ignore = (): void => undefined;

describe('withStoreLock', () => {
  it('lets one work at a time, and all get their turn', async () => {
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };

    const turns = [1, 2, 3, 4].map(() => withStoreLock({ lockFile: lockFile(), onWait: ignore, work, pollMs: 5 }));
    await Promise.all(turns);

    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it('says once whom it waits for', async () => {
    const waits: number[] = [];
    let release = ignore;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const first = withStoreLock({ lockFile: lockFile(), onWait: ignore, work: () => released });
    const second = withStoreLock({
      lockFile: lockFile(),
      onWait: (pid) => {
        waits.push(pid);
        release();
      },
      work: () => Promise.resolve('done'),
      pollMs: 5,
    });

    expect(await second).toBe('done');
    await first;
    expect(waits).toEqual([process.pid]);
  });

  it('takes over the lock of a process that is dead', async () => {
    await writeFile(lockFile(), '4194305 1 gone\n');

    expect(await withStoreLock({ lockFile: lockFile(), onWait: ignore, work: () => Promise.resolve('taken') })).toBe(
      'taken',
    );
  });

  it('takes over the lock of a process whose id belongs to a younger one now', async () => {
    await writeFile(lockFile(), `${String(process.pid)} 1 earlier\n`);

    expect(await withStoreLock({ lockFile: lockFile(), onWait: ignore, work: () => Promise.resolve('taken') })).toBe(
      'taken',
    );
  });

  it('gives the lock back when the work fails', async () => {
    const failing = withStoreLock({
      lockFile: lockFile(),
      onWait: ignore,
      work: () => Promise.reject(new Error('no disk')),
    });

    await expect(failing).rejects.toThrow('no disk');
    expect(await readdir(dir)).toEqual([]);
  });
});
