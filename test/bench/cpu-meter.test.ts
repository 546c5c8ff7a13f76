import { describe, expect, it } from 'vitest';
import { parseBusySeconds } from '../../bench/cpu-meter.js';

describe('parseBusySeconds', () => {
  it('counts user, nice, system and interrupts; not idle, waiting, stolen time, or guests a second time', () => {
    const stat = 'cpu  100 200 300 40000 50000 600 700 80000 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n';

    expect(parseBusySeconds(stat)).toBe(19);
  });
});
