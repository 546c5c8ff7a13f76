import { describe, expect, it } from 'vitest';
import { keyedQueue } from '../../../rehearsal/hosts/keyed-queue.js';

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
