import { setTimeout as sleep } from 'node:timers/promises';

/** What shows that something goes on: a number that grows with every step forward, and stays when nothing moves. */
export type Progress = () => number;

const everyMs = 500;

/**
 * Waits until something holds. Gives up only when nothing has moved for so many looks in a row (default 240, half a second
 * apart): on a machine with too much to do everything takes longer, and still moves. Whether it held.
 */
export async function holdsWhileMoving(
  progress: Progress,
  holds: () => boolean | Promise<boolean>,
  looks = 240,
): Promise<boolean> {
  let [seen, still] = [progress(), 0];
  for (;;) {
    if (await holds()) return true;
    const now = progress();
    still = now === seen ? still + 1 : 0;
    seen = now;
    if (still >= looks) return false;
    await sleep(everyMs);
  }
}

/** The result of a promise; fails when nothing has moved for so many looks while it was waited for. */
export async function settledWhileMoving<T>(progress: Progress, promise: Promise<T>, looks = 240): Promise<T> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  const held = await holdsWhileMoving(progress, () => settled, looks);
  if (held) return promise;
  throw new Error(`nothing moved for ${looks} looks while it was waited for`);
}
