import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childrenOf, isRecord, readHistory, type HistoryEvent } from '../../observer/history.js';
import { jsonOf } from '../../observer/run.js';
import { measuredDurations, scaled } from '../../rehearsal/simulated/durations.js';
import { simulatedPaces } from '../../rehearsal/simulated/simulated-paces.js';
import { workflowNames } from '../../model/names/workflow-names.js';
import { RolloutError } from '../../model/rollout-error.js';
import { root } from '../../installation/config.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { largeSpec } from './large-spec.js';
import { percentile } from '../percentile.js';
import { startProcessMeter } from '../process-meter.js';
import { bringStackUp, type SimulatedStack } from '../simulated-stack.js';
import type { SizeRow, Spread } from './size-table.js';
import { taskTimes } from './workflow-tasks.js';

/** A roll-out of 1,000 nodes on real hosts would take most of a day; what is measured here does not grow with it. */
const timeScale = 0.01;
/** Programs that read histories at once: each is a process. */
const readers = 4;
/** Histories of children that are read event by event; of all others the server's own counts are taken. */
const mostShown = 100;
const frontDoor = 'bench-size';

export interface SizeRun {
  readonly nodes: number;
  readonly onLine: (line: string) => void;
}

/**
 * Rolls so many simulated nodes out, on a Temporal server and a worker of their own, and says what it cost. Events, times
 * and sizes are those that the `temporal` program reads from the server, memory and processor time those of /proc.
 * Fails with `CommandFailed` when the roll-out does not end as done.
 */
export async function measureSize({ nodes, onLine }: SizeRun): Promise<SizeRow> {
  const say = (line: string): void => {
    onLine(`${nodes} nodes: ${line}`);
  };
  const stack = await bringStackUp({
    spec: largeSpec(await readFile(join(root, 'cluster.yaml'), 'utf8'), nodes),
    durations: scaled(measuredDurations, timeScale),
    paces: simulatedPaces,
    onLine: say,
  });
  try {
    const [worker, server] = await Promise.all([stack.workerPid, stack.serverPid].map(startProcessMeter));
    const startedMs = performance.now();
    const cluster = await rollOut(stack);
    const wallSeconds = (performance.now() - startedMs) / 1_000;
    const [workerUse, serverUse] = await Promise.all([worker?.stop(), server?.stop()]);
    say(`rolled out in ${wallSeconds.toFixed(1)} s; reading histories`);
    return {
      nodes,
      wallSeconds,
      workerCpuSeconds: workerUse?.cpuSeconds ?? 0,
      workerMaxRssMiB: workerUse?.maxRssMiB ?? 0,
      serverCpuSeconds: serverUse?.cpuSeconds ?? 0,
      ...(await readSizes(stack, { cluster, nodes })),
    };
  } finally {
    await stack.end();
  }
}

/** Rolls out by the front door, as any client would. Returns the name of the cluster. */
async function rollOut({ client }: SimulatedStack): Promise<string> {
  const result: unknown = await client.workflow.execute(workflowNames.rollOutCluster, {
    taskQueue,
    workflowId: frontDoor,
    args: [{ approve: true, by: 'bench:size' }],
  });
  if (isRecord(result) && result['outcome'] === 'done' && typeof result['cluster'] === 'string')
    return result['cluster'];
  throw new RolloutError('CommandFailed', `rollOutCluster: expected the outcome done, found ${JSON.stringify(result)}`);
}

type Sizes = Omit<SizeRow, 'nodes' | 'wallSeconds' | 'workerCpuSeconds' | 'workerMaxRssMiB' | 'serverCpuSeconds'>;

async function readSizes(
  { cli, target }: SimulatedStack,
  { cluster, nodes }: { readonly cluster: string; readonly nodes: number },
): Promise<Sizes> {
  const access = { cli, address: target.temporal.address };
  const lock = applyWorkflowId(cluster);
  const parent = await readHistory(access, lock);
  const ids = childrenOf(parent);
  const ofNodes = ids.filter((id) => id.startsWith(`${lock}/node/`));
  if (ofNodes.length !== nodes) {
    throw new RolloutError('CommandFailed', `${lock}: expected ${nodes} children for nodes, found ${ofNodes.length}`);
  }
  const all = [frontDoor, lock, ...ids];
  const kept = await keptHistories(access);
  const lengthOf = (id: string): number => kept.get(id)?.events ?? Number.NaN;
  const sample = ids.filter((_, index) => index % Math.ceil(ids.length / mostShown) === 0);
  const children = await mapFew(sample, (id) => readHistory(access, id));
  for (const [index, id] of sample.entries()) mustAgree(id, children[index]?.length, lengthOf(id));
  mustAgree(lock, parent.length, lengthOf(lock));
  const times = [parent, await readHistory(access, frontDoor), ...children].map(taskTimes);
  return {
    parentEvents: parent.length,
    childEvents: { median: percentile(ofNodes.map(lengthOf), 50), max: percentile(ofNodes.map(lengthOf), 100) },
    allEvents: sum(all.map(lengthOf)),
    historyBytes: sum(all.map((id) => kept.get(id)?.bytes ?? Number.NaN)),
    parentBytes: kept.get(lock)?.bytes ?? Number.NaN,
    taskWaitMs: spread(times.flatMap(({ waited }) => waited)),
    taskRunMs: spread(times.flatMap(({ ran }) => ran)),
  };
}

function mustAgree(id: string, shown: number | undefined, listed: number): void {
  if (shown === listed) return;
  throw new RolloutError('CommandFailed', `${id}: shown with ${shown ?? 0} events, listed with ${listed}`);
}

/** Events and size of each history as the server counts them, by workflow id. */
async function keptHistories(access: { readonly cli: string; readonly address: string }) {
  const all = ['workflow', 'list', '--address', access.address, '--limit', '100000', '-o', 'json'];
  const listed = await jsonOf(access.cli, all);
  const runs = Array.isArray(listed) ? listed.filter(isRecord) : [];
  return new Map(
    runs.map((run) => {
      const execution = isRecord(run['execution']) ? run['execution'] : {};
      return [
        String(execution['workflowId']),
        { events: Number(run['historyLength']), bytes: Number(run['historySizeBytes']) },
      ];
    }),
  );
}

async function mapFew(
  ids: readonly string[],
  read: (id: string) => Promise<readonly HistoryEvent[]>,
): Promise<readonly (readonly HistoryEvent[])[]> {
  const results = new Map<string, readonly HistoryEvent[]>();
  const left = [...ids];
  const work = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) results.set(id, await read(id));
  };
  await Promise.all(Array.from({ length: readers }, work));
  return ids.map((id) => results.get(id) ?? []);
}

function spread(values: readonly number[]): Spread {
  return { p50: percentile(values, 50), p95: percentile(values, 95) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
