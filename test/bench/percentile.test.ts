import { describe, expect, it } from 'vitest';
import { percentile } from '../../bench/percentile.js';

describe('percentile', () => {
  it('is the smallest value that so many percent do not exceed, in whatever order they come', () => {
    const values = [30, 10, 20, 40];

    expect(percentile(values, 50)).toBe(20);
    expect(percentile(values, 75)).toBe(30);
    expect(percentile(values, 76)).toBe(40);
    expect(percentile(values, 100)).toBe(40);
    expect(percentile(values, 0)).toBe(10);
  });

  it('of no values is no number', () => {
    expect(percentile([], 50)).toBeNaN();
  });
});
