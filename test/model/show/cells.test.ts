import { describe, expect, it } from 'vitest';
import { cellsOf, cutCells, padEndCells, padStartCells, widestOf } from '../../../model/show/cells.js';

describe('cellsOf', () => {
  it.each([
    ['', 0],
    ['k8s-redis', 9],
    ['디스크', 6],
    ['디스크'.normalize('NFD'), 6],
    ['Cafe\u0301', 4],
    ['🚧', 2],
    ['👩‍👩‍👧‍👦', 2],
    ['👍🏽', 2],
    ['🇰🇷', 2],
    ['⚠️', 2],
    ['é́́', 1],
    ['a\u200bb', 2],
  ])('of %j is %d', (text, cells) => {
    expect(cellsOf(text)).toBe(cells);
  });
});

describe('padEndCells and padStartCells', () => {
  it('give columns of one width, whatever is in them', () => {
    const names = ['k8s-redis', '디스크', 'Cafe\u0301', '🚧🚧'];
    const width = widestOf(names);

    expect(names.map((name) => cellsOf(padEndCells(name, width)))).toEqual([9, 9, 9, 9]);
    expect(names.map((name) => cellsOf(padStartCells(name, width)))).toEqual([9, 9, 9, 9]);
    expect(padEndCells('디스크', 8)).toBe('디스크  ');
    expect(padStartCells('디스크', 8)).toBe('  디스크');
  });

  it('leave a wider text as it is', () => {
    expect([padEndCells('디스크', 3), padStartCells('디스크', 3)]).toEqual(['디스크', '디스크']);
  });
});

describe('cutCells', () => {
  it.each([
    ['k8s-redis', 9, 'k8s-redis'],
    ['k8s-redis', 5, 'k8s-…'],
    ['디스크', 5, '디스…'],
    ['디스크', 4, '디…'],
    ['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 3, '👩‍👩‍👧‍👦…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
  ])('of %j to %d cells is %j: whole characters, and a mark that there is more', (text, cells, cut) => {
    expect(cutCells(text, cells)).toBe(cut);
  });
});
