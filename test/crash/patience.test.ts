import { describe, expect, it } from 'vitest';
import { holdsWhileMoving, settledWhileMoving } from './patience.js';
import { sideBySide } from './side-by-side.js';
import { stretchOf } from './measured-stretch.js';

describe('the patience of the crash table', () => {
  it('goes on for as long as something moves', async () => {
    let moves = 0;
    let looks = 0;
    const held = await holdsWhileMoving(
      () => (moves += 1),
      () => (looks += 1) > 4,
      1,
    );
    expect(held).toBe(true);
  });

  it('ends when nothing has moved for so many looks', async () => {
    expect(
      await holdsWhileMoving(
        () => 0,
        () => false,
        2,
      ),
    ).toBe(false);
    await expect(settledWhileMoving(() => 0, new Promise(() => undefined), 2)).rejects.toThrow('nothing moved');
  });

  it('stretches time-outs by how much slower a program starts', () => {
    expect([100, 600, 601, 2_000, 60_000].map(stretchOf)).toEqual([1, 1, 2, 4, 8]);
  });
});

describe('tasks side by side', () => {
  it.each([
    { machine: 'busy', idle: 0, most: 2 },
    { machine: 'idle', idle: 2, most: 6 },
  ])('are $most at a time on a machine that is $machine', async ({ idle, most }) => {
    let [running, highest] = [0, 0];
    const task = async (): Promise<number> => {
      running += 1;
      highest = Math.max(highest, running);
      await new Promise((resolve) => setTimeout(resolve, 30));
      running -= 1;
      return highest;
    };
    const look = (): Promise<number> => new Promise((resolve) => setImmediate(resolve, idle));

    expect(await sideBySide([task, task, task, task, task, task], look)).toHaveLength(6);
    expect(highest).toBe(most);
  });
});
