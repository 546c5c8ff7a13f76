import { describe, expect, it } from 'vitest';
import { checkInterval, intervalText } from '../../../client/cli/check-interval.js';

describe('checkInterval', () => {
  it.each([
    ['1m', 60_000, '1m'],
    ['90m', 5_400_000, '90m'],
    ['60m', 3_600_000, '1h'],
    ['24h', 86_400_000, '1d'],
    ['30d', 2_592_000_000, '30d'],
  ])('reads %s, and says it in its largest whole unit', (text, ms, said) => {
    expect(checkInterval(text)).toBe(ms);
    expect(intervalText(ms)).toBe(said);
  });

  it.each(['1', '0m', '45s', '1w', '400d', '1.5h', ''])('refuses "%s", and says which ones there are', (text) => {
    expect(() => checkInterval(text)).toThrow('such as 30m or 1h');
  });
});
