import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyedQueue } from '../../../rehearsal/hosts/keyed-queue.js';
import { isAlive, readPidFile, readProcess } from '../../../rehearsal/hosts/recorded-process.js';

describe.skipIf(process.platform !== 'linux')('a recorded process', () => {
  it('is alive only with the start time that was recorded', async () => {
    const self = await readProcess(process.pid);

    expect(self).toBeDefined();
    expect(await isAlive({ pid: process.pid, startTicks: self?.startTicks ?? '' })).toBe(true);
    expect(await isAlive({ pid: process.pid, startTicks: '1' })).toBe(false);
  });

  it('is read from a pid file, and not from a broken one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'groundswell-pid-'));
    await writeFile(join(dir, 'good'), '12 345\n');
    await writeFile(join(dir, 'cut'), '12');

    expect(await readPidFile(join(dir, 'good'))).toEqual({ pid: 12, startTicks: '345' });
    expect(await readPidFile(join(dir, 'cut'))).toBeUndefined();
    expect(await readPidFile(join(dir, 'missing'))).toBeUndefined();
    await rm(dir, { recursive: true });
  });
});

describe('keyedQueue', () => {
  it('runs tasks of one key in order, also after a failure, and others beside them', async () => {
    const queue = keyedQueue();
    const order: string[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));

    const first = queue.run('a', async () => {
      await gate;
      order.push('a1');
      throw new Error('expected');
    });
    const second = queue.run('a', () => Promise.resolve(order.push('a2')));
    await queue.run('b', () => Promise.resolve(order.push('b')));
    open();

    await expect(first).rejects.toThrow('expected');
    await second;
    expect(order).toEqual(['b', 'a1', 'a2']);
  });
});
