import { alignNumbers } from '../../model/show/table.js';

/** What one roll-out of simulated nodes cost. */
export interface SizeRow {
  readonly nodes: number;
  /** Of `applyPlan`, the parent of all nodes and waves. */
  readonly parentEvents: number;
  /** Of the children that roll a node out. */
  readonly childEvents: { readonly median: number; readonly max: number };
  /** Of parent, children and front door together. */
  readonly allEvents: number;
  /** Sum of the sizes that the server keeps of all histories, in bytes. */
  readonly historyBytes: number;
  readonly parentBytes: number;
  /** Workflow tasks of all histories: scheduled until begun, begun until completed. Milliseconds. */
  readonly taskWaitMs: Spread;
  readonly taskRunMs: Spread;
  readonly wallSeconds: number;
  readonly workerCpuSeconds: number;
  readonly workerMaxRssMiB: number;
  readonly serverCpuSeconds: number;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
}

/** The parent may not have more events at 1,000 nodes: the server warns from 10,240 on. */
export const mostParentEvents = 10_000;
/** How much more than at 100 nodes one node may cost at 1,000. It may cost less: what a run costs once is shared by more. */
export const mostGrowth = 1.1;

/** What is required of sizes and does not hold, one line each. Sizes that were not measured are not judged. */
export function brokenRequirements(rows: readonly SizeRow[]): readonly string[] {
  const [hundred, thousand] = [100, 1000].map((nodes) => rows.find((row) => row.nodes === nodes));
  const problems = rows
    .filter(({ parentEvents }) => parentEvents >= mostParentEvents)
    .map(
      ({ nodes, parentEvents }) =>
        `${nodes} nodes: parent has ${parentEvents} events, expected below ${mostParentEvents}`,
    );
  if (hundred === undefined || thousand === undefined) return problems;
  return [
    ...problems,
    ...grown('events', allPerNode, [hundred, thousand]),
    ...grown('CPU', cpuPerNode, [hundred, thousand]),
  ];
}

function grown(
  what: string,
  perNode: (row: SizeRow) => number,
  [hundred, thousand]: readonly [SizeRow, SizeRow],
): readonly string[] {
  const growth = perNode(thousand) / perNode(hundred);
  if (growth <= mostGrowth) return [];
  return [`${what} per node: at 1000 nodes ${growth.toFixed(2)}× of 100 nodes, expected at most ${mostGrowth}×`];
}

function allPerNode({ allEvents, nodes }: SizeRow): number {
  return allEvents / nodes;
}

function cpuPerNode({ workerCpuSeconds, nodes }: SizeRow): number {
  return workerCpuSeconds / nodes;
}

/** The table for people: a column for each size. */
export function showSizes(rows: readonly SizeRow[]): string {
  return alignNumbers([
    ['', ...rows.map(({ nodes }) => `${nodes} nodes`)],
    ...lines.map(([name, cell]) => [name, ...rows.map(cell)]),
  ]);
}

const lines: readonly (readonly [string, (row: SizeRow) => string])[] = [
  ['events of the parent', ({ parentEvents }) => String(parentEvents)],
  ['  per node', ({ parentEvents, nodes }) => (parentEvents / nodes).toFixed(2)],
  ['events of a node, median', ({ childEvents }) => String(childEvents.median)],
  ['events of a node, max', ({ childEvents }) => String(childEvents.max)],
  ['events of all, per node', (row) => allPerNode(row).toFixed(1)],
  ['histories, KiB', ({ historyBytes }) => kib(historyBytes)],
  ['  of it the parent, KiB', ({ parentBytes }) => kib(parentBytes)],
  ['  per node, KiB', ({ historyBytes, nodes }) => kib(historyBytes / nodes)],
  ['workflow task waits, p50 ms', ({ taskWaitMs }) => taskWaitMs.p50.toFixed(0)],
  ['  p95 ms', ({ taskWaitMs }) => taskWaitMs.p95.toFixed(0)],
  ['workflow task runs, p50 ms', ({ taskRunMs }) => taskRunMs.p50.toFixed(0)],
  ['  p95 ms', ({ taskRunMs }) => taskRunMs.p95.toFixed(0)],
  ['worker, max RSS MiB', ({ workerMaxRssMiB }) => workerMaxRssMiB.toFixed(0)],
  ['worker, CPU s', ({ workerCpuSeconds }) => workerCpuSeconds.toFixed(1)],
  ['  per node, ms', (row) => (1_000 * cpuPerNode(row)).toFixed(0)],
  ['server, CPU s', ({ serverCpuSeconds }) => serverCpuSeconds.toFixed(1)],
  ['  per node, ms', ({ serverCpuSeconds, nodes }) => ((1_000 * serverCpuSeconds) / nodes).toFixed(0)],
  ['wall, s', ({ wallSeconds }) => wallSeconds.toFixed(1)],
  ['  per node, ms', ({ wallSeconds, nodes }) => ((1_000 * wallSeconds) / nodes).toFixed(0)],
];

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
