import { describe, expect, it } from 'vitest';
import { alignColumns, alignNumbers } from '../../../model/show/table.js';

describe('alignColumns', () => {
  it('begins each column at the same cell, also below Korean, emoji and combining marks', () => {
    const rows = alignColumns([
      ['디스크', 'full'],
      ['🚧', 'closed'],
      ['Cafe\u0301', 'open'],
      ['', 'nothing'],
    ]);

    expect(rows).toEqual(['디스크  full', '🚧      closed', 'Cafe\u0301    open', '        nothing']);
  });

  it('takes rows of different lengths, and leaves no blanks at their ends', () => {
    expect(alignColumns([['a', 'long cell', 'x'], ['b'], ['c', '']], { indent: '  + ' })).toEqual([
      '  + a  long cell  x',
      '  + b',
      '  + c',
    ]);
  });
});

describe('alignNumbers', () => {
  it('has numbers at the right ends of their columns', () => {
    expect(
      alignNumbers([
        ['', '14 nodes'],
        ['events', '7'],
        ['벽', '1234'],
      ]),
    ).toBe('        14 nodes\nevents         7\n벽          1234');
  });
});
