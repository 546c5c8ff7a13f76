import { describe, expect, it } from 'vitest';
import { parseCpuSeconds, parseRssKiB, startProcessMeter } from '../../bench/process-meter.js';

describe('parseCpuSeconds', () => {
  it('is user and system time, whatever the name of the program', () => {
    const stat = '42 (a) b (c) S 1 42 42 0 -1 4194560 1 2 3 4 150 50 7 8 20 0 11 0 100 5 6';

    expect(parseCpuSeconds(stat)).toBe(2);
  });
});

describe('parseRssKiB', () => {
  it('is what is in memory now, not at most', () => {
    expect(parseRssKiB('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  700 kB\n')).toBe(700);
    expect(parseRssKiB('Name:\tzombie\n')).toBe(0);
  });
});

describe('startProcessMeter', () => {
  it('sees this very process work', async () => {
    const meter = await startProcessMeter(process.pid);
    const until = process.cpuUsage().user + 60_000;
    while (process.cpuUsage().user < until);
    const { cpuSeconds, maxRssMiB } = await meter.stop();

    expect(cpuSeconds).toBeGreaterThan(0.03);
    expect(maxRssMiB).toBeGreaterThan(10);
  });

  it('fails when there is no such process', async () => {
    await expect(startProcessMeter(2 ** 30)).rejects.toThrow('ENOENT');
  });
});
