import { describe, expect, it } from 'vitest';
import { waitUntil, type Look } from '../../systems/wait-until.js';

describe('waitUntil', () => {
  it('looks until a look is done, and tells after each what it waits for', async () => {
    const lines: string[] = [];
    let looks = 0;
    const look = async (): Promise<Look<string>> => {
      looks += 1;
      return looks === 3 ? { done: 'here' } : { waitsFor: `look ${looks}` };
    };

    const outcome = await waitUntil(
      look,
      { everyMs: 1, deadlineMs: 60_000 },
      { onProgress: (line) => lines.push(line) },
    );

    expect(outcome).toEqual({ done: 'here' });
    expect(lines).toEqual(['look 1', 'look 2']);
  });

  it('looks once more after the deadline, however late that is', async () => {
    let looks = 0;
    const look = async (): Promise<Look<true>> => {
      looks += 1;
      return looks === 2 ? { done: true } : { waitsFor: 'the second look' };
    };

    expect(await waitUntil(look, { everyMs: 20, deadlineMs: 1 })).toEqual({ done: true });
  });

  it('names what it waited for last when the deadline has passed', async () => {
    const outcome = await waitUntil(async () => ({ waitsFor: 'Godot' }), { everyMs: 1, deadlineMs: 5 });
    expect(outcome).toEqual({ timedOut: true, waitsFor: 'Godot' });
  });

  it('ends with an AbortError when somebody ends it, and with what a look fails with', async () => {
    const pace = { everyMs: 60_000, deadlineMs: 60_000 };
    const signal = AbortSignal.abort();
    await expect(waitUntil(async () => ({ waitsFor: 'nobody' }), pace, { signal })).rejects.toThrow(/abort/i);
    await expect(waitUntil(() => Promise.reject(new Error('no eyes')), pace)).rejects.toThrow('no eyes');
  });
});
