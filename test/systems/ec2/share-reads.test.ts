import { describe, expect, it } from 'vitest';
import { shareReads } from '../../../systems/ec2/share-reads.js';

/** A read that ends when it is told to; returns how many began. */
function aRead() {
  const ends: ((value: number) => void)[] = [];
  const failures: ((error: Error) => void)[] = [];
  const read = (): Promise<number> =>
    new Promise((resolve, reject) => {
      ends.push(resolve);
      failures.push(reject);
    });
  return { read, ends, failures };
}

describe('shareReads', () => {
  it('lets those who come during a read wait for one next read together', async () => {
    const { read, ends } = aRead();
    const shared = shareReads(read);

    const first = shared();
    const later = [shared(), shared(), shared()];
    expect(ends).toHaveLength(1);
    ends[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    ends[1]?.(2);

    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    expect(ends).toHaveLength(2);
  });

  it('reads anew for who comes after the end', async () => {
    const { read, ends } = aRead();
    const shared = shareReads(read);

    const first = shared();
    ends[0]?.(1);
    await first;
    const second = shared();
    ends[1]?.(2);

    expect(await second).toBe(2);
  });

  it('tells a failure to those who waited for that read only', async () => {
    const { read, ends, failures } = aRead();
    const shared = shareReads(read);

    const first = shared();
    const second = shared();
    failures[0]?.(new Error('lost'));
    await expect(first).rejects.toThrow('lost');
    await Promise.resolve();
    ends[1]?.(2);

    expect(await second).toBe(2);
  });
});
