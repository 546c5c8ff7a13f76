import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, fitBytes, fitLines } from '../../../model/show/fit-bytes.js';

const encoder = new TextEncoder();

describe('byteLength', () => {
  it('is the length in UTF-8 of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(byteLength(text)).toBe(encoder.encode(text).length);
      }),
    );
  });
});

describe('fitBytes', () => {
  it('never gives more bytes than asked for, and whole characters of the beginning', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 3, max: 60 }), (text, most) => {
        const fitted = fitBytes(text, most);
        expect(encoder.encode(fitted).length).toBeLessThanOrEqual(most);
        expect(fitted.isWellFormed()).toBe(true);
        if (fitted !== text) expect(fitted.endsWith('…') && text.startsWith(fitted.slice(0, -1))).toBe(true);
      }),
    );
  });

  it('leaves a text alone that just fits', () => {
    expect(fitBytes('한국어', 9)).toBe('한국어');
    expect(fitBytes('한국어', 8)).toBe('한…');
  });
});

describe('fitLines', () => {
  const more = (left: number): string => `and ${left} more`;

  it('gives all lines where they fit, and else says how many are left out', () => {
    expect(fitLines([1, 2, 3], String, { mostBytes: 100, more })).toEqual(['1', '2', '3']);
    expect(fitLines([1, 2, 3], String, { mostBytes: 15, more })).toEqual(['1', '2', 'and 1 more']);
  });

  it('makes no line that is not shown, but for the first of them', () => {
    const made: number[] = [];
    fitLines(
      Array.from({ length: 1000 }, (_, index) => index),
      (item) => {
        made.push(item);
        return 'x'.repeat(100);
      },
      { mostBytes: 1_000, more },
    );
    expect(made).toHaveLength(10);
  });
});
