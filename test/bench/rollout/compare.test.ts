import { describe, expect, it } from 'vitest';
import { compare, differences, showComparison, unfinished } from '../../../bench/rollout/compare.js';
import type { Measured } from '../../../bench/rollout/stages.js';

function measured(allSeconds: number, there: readonly string[] = []): Measured {
  const startedAtMs = 1_000_000;
  const ends = { booted: startedAtMs + 1_000, all: startedAtMs + allSeconds * 1_000 };
  return { startedAtMs, ends, cpuSeconds: { booted: 1, all: allSeconds * 2 }, coresBefore: 0, there };
}

describe('compare', () => {
  it('divides ours by plain, each from its own start', () => {
    const { stages } = compare(measured(90), measured(60));

    expect(stages.map(({ stage }) => stage)).toEqual(['booted', 'all']);
    expect(stages[1]).toEqual({
      stage: 'all',
      wallSeconds: { ours: 90, plain: 60, ratio: 1.5 },
      cpuSeconds: { ours: 180, plain: 120, ratio: 1.5 },
    });
  });

  it.each([
    [120, 'goal reached'],
    [121, 'within the limit'],
    [240, 'within the limit'],
    [241, 'over the limit'],
  ])('judges %i s beside 60 s: %s', (seconds, verdict) => {
    expect(compare(measured(seconds), measured(60)).verdict).toBe(verdict);
  });

  it('leaves a stage out that one of them does not have', () => {
    const one = measured(10);
    const other = { ...one, ends: { ...one.ends, joined: one.startedAtMs + 1 } };

    expect(compare(one, other).stages.map(({ stage }) => stage)).not.toContain('joined');
  });

  it('is over the limit when the end is missing', () => {
    expect(compare({ ...measured(10), ends: {} }, measured(10)).verdict).toBe('over the limit');
  });
});

describe('differences', () => {
  it('names what only one of the clusters has', () => {
    expect(differences(['node a', 'node b'], ['node b', 'node c'])).toEqual([
      'only ours: node a',
      'only plain: node c',
    ]);
  });
});

describe('unfinished', () => {
  it('counts nodes that are Ready, so that two empty clusters do not pass for equal', () => {
    const there = ['Deployment data/redis: 1 of 1 ready', 'node a v1 Ready [] []', 'node b v1 not Ready [] []'];

    expect(unfinished('plain', there, 2)).toEqual(['plain: 1 of 2 nodes are Ready']);
    expect(unfinished('plain', there, 1)).toEqual([]);
  });
});

describe('showComparison', () => {
  it('shows one row a stage with both ratios', () => {
    const rows = showComparison(compare(measured(90), measured(60))).split('\n');

    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatch(/^all +90\.0 +60\.0 +1\.50× +180\.0 +120\.0 +1\.50×/);
  });
});
