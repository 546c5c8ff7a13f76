import { describe, expect, it } from 'vitest';
import { brokenRequirements, showSizes, type SizeRow } from '../../../bench/size/size-table.js';

function aRow(nodes: number, fields: Partial<SizeRow> = {}): SizeRow {
  return {
    nodes,
    parentEvents: nodes * 8,
    childEvents: { median: 55, max: 60 },
    allEvents: nodes * 65,
    historyBytes: nodes * 20_480,
    parentBytes: nodes * 2_048,
    taskWaitMs: { p50: 4, p95: 20 },
    taskRunMs: { p50: 10, p95: 40 },
    wallSeconds: nodes / 10,
    workerCpuSeconds: nodes / 20,
    workerMaxRssMiB: 400,
    serverCpuSeconds: nodes / 10,
    ...fields,
  };
}

describe('brokenRequirements', () => {
  it('finds nothing where each node costs the same', () => {
    expect(brokenRequirements([aRow(14), aRow(100), aRow(1000)])).toEqual([]);
  });

  it('lets a parent have no more than 9,999 events, at any size', () => {
    expect(brokenRequirements([aRow(1000, { parentEvents: 9_999 })])).toEqual([]);
    expect(brokenRequirements([aRow(1000, { parentEvents: 10_000 })])).toEqual([
      '1000 nodes: parent has 10000 events, expected below 10000',
    ]);
  });

  it('lets a node cost a tenth more at 1,000 nodes than at 100, in events and in CPU, and less as much as it likes', () => {
    expect(brokenRequirements([aRow(100), aRow(1000, { workerCpuSeconds: 55, allEvents: 71_500 })])).toEqual([]);
    expect(brokenRequirements([aRow(100), aRow(1000, { workerCpuSeconds: 56, allEvents: 30_000 })])).toEqual([
      'CPU per node: at 1000 nodes 1.12× of 100 nodes, expected at most 1.1×',
    ]);
    expect(brokenRequirements([aRow(100), aRow(1000, { workerCpuSeconds: 1, allEvents: 72_000 })])).toEqual([
      'events per node: at 1000 nodes 1.11× of 100 nodes, expected at most 1.1×',
    ]);
  });

  it('judges no growth that was not measured', () => {
    expect(brokenRequirements([aRow(14), aRow(1000, { workerCpuSeconds: 10_000 })])).toEqual([]);
  });
});

describe('showSizes', () => {
  it('has a column for each size and a line for each number', () => {
    const lines = showSizes([aRow(14), aRow(100)]).split('\n');

    expect(lines[0]).toMatch(/^ +14 nodes +100 nodes$/);
    expect(lines).toContainEqual(expect.stringMatching(/^events of the parent +112 +800$/));
    expect(lines).toContainEqual(expect.stringMatching(/^worker, CPU s +0\.7 +5\.0$/));
  });
});
