import { describe, expect, it } from 'vitest';
import { span, type Line } from '../../../model/show/line.js';
import { wrapLine } from '../../../model/show/wrap-line.js';

const text = (lines: readonly Line[]): readonly string[] =>
  lines.map((line) =>
    line
      .map((part) => part.text)
      .join('')
      .trimEnd(),
  );

describe('wrapLine', () => {
  it('leaves a line that fits as it is', () => {
    const line = [span('  a  b ', 'bad')];

    expect(wrapLine(line, 80)).toEqual([line]);
  });

  it('breaks at blanks, and begins later rows below the first word', () => {
    expect(text(wrapLine([span('        not ready: Deployment api/location 0/2')], 28))).toEqual([
      '        not ready:',
      '        Deployment',
      '        api/location 0/2',
    ]);
  });

  it('keeps the tone of each word, and every word', () => {
    const rows = wrapLine([span('PAUSED by kim → ', 'bad'), span('npx groundswell resume', 'strong')], 20);

    expect(text(rows)).toEqual(['PAUSED by kim → npx', '        groundswell', '        resume']);
    expect(rows.flat().map(({ tone }) => tone)).toEqual([
      'bad',
      'bad',
      'bad',
      'bad',
      'strong',
      'plain',
      'strong',
      'plain',
      'strong',
    ]);
  });

  it('counts a Korean word by its cells', () => {
    expect(text(wrapLine([span('디스크 디스크 디스크')], 14))).toEqual(['디스크 디스크', '        디스크']);
  });

  it('leaves a word whole that is wider than a row', () => {
    expect(text(wrapLine([span('a sha256:0123456789abcdef')], 12))).toEqual(['a', '        sha256:0123456789abcdef']);
  });
});
