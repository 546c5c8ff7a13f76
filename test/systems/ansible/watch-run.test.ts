import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchRun } from '../../../systems/ansible/watch-run.js';

const start = Date.parse('2026-11-27T12:00:00Z');
const pull = { event: 'task', task: 'Pull the images', action: 'command' } as const;
const item = { event: 'item_ok', host: 'a', task: 'Pull the images', action: 'command', changed: true } as const;

describe('watchRun', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: start });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('gives a run up that is silent for its deadline, and says in which task since when', () => {
    const watch = watchRun({ quietMs: 10_000, wholeMs: 60_000 });
    vi.advanceTimersByTime(3_000);
    watch.sign(pull);
    vi.advanceTimersByTime(2_000);
    watch.sign(item);
    vi.advanceTimersByTime(9_999);
    expect(watch.signal.aborted).toBe(false);

    vi.advanceTimersByTime(1);

    expect(watch.signal.aborted).toBe(true);
    expect(watch.hung()).toEqual({
      passed: 'quiet',
      limitMs: 10_000,
      task: 'Pull the images',
      sinceMs: start + 5_000,
    });
  });

  it('bounds a run that talks for ever, and says since when its last task is there', () => {
    const watch = watchRun({ quietMs: 10_000, wholeMs: 60_000 });
    vi.advanceTimersByTime(1_000);
    watch.sign(pull);
    for (let seconds = 1; seconds < 60; seconds += 1) {
      watch.sign();
      vi.advanceTimersByTime(1_000);
    }

    expect(watch.hung()).toEqual({
      passed: 'whole',
      limitMs: 60_000,
      task: 'Pull the images',
      sinceMs: start + 1_000,
    });
  });

  it('keeps what it found first while the run is being ended', () => {
    const watch = watchRun({ quietMs: 10_000, wholeMs: 15_000 });
    vi.advanceTimersByTime(10_000);
    watch.sign(pull);
    vi.advanceTimersByTime(30_000);

    expect(watch.hung()).toEqual({ passed: 'quiet', limitMs: 10_000, task: undefined, sinceMs: start });
  });

  it('finds nothing once the run has ended', () => {
    const watch = watchRun({ quietMs: 10_000, wholeMs: 15_000 });
    watch.end();
    vi.advanceTimersByTime(60_000);

    expect(watch.signal.aborted).toBe(false);
    expect(watch.hung()).toBeUndefined();
  });
});
