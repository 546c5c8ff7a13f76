import { describe, expect, it } from 'vitest';
import { standingLine, standingOf } from '../../../model/status/standing.js';

const half = {
  nodes: [
    { name: 'k8s-master', state: 'done' },
    { name: 'k8s-redis', state: 'ended' },
    { name: 'k8s-monitoring', state: 'untouched' },
    { name: 'k8s-api-auth', state: 'not begun' },
  ],
  waves: [
    { wave: 0, state: 'done' },
    { wave: 1, state: 'ended' },
    { wave: 2, state: 'not begun' },
  ],
} as const;

describe('standingOf', () => {
  it('counts what exists, and names what was begun', () => {
    expect(standingOf(half)).toEqual({
      ready: 2,
      nodes: 4,
      unfinished: ['k8s-redis'],
      wavesDone: [0],
      wavesBegun: [1],
    });
  });
});

describe('standingLine', () => {
  it('says it in one line', () => {
    expect(standingLine(standingOf(half))).toBe('2 of 4 nodes Ready, begun: k8s-redis; waves done: 0, waves begun: 1');
    expect(standingLine(standingOf({ nodes: [], waves: [] }))).toBe('0 of 0 nodes Ready');
  });

  it('stays short with many nodes', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => ({ name: `node-${index}`, state: 'open' as const }));
    expect(standingLine(standingOf({ nodes, waves: [] })).length).toBeLessThan(200);
  });
});
