import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRollOut } from '../../../client/history/read-roll-out.js';
import { rollOutReport, type RollOutReport } from '../../../model/report/roll-out-report.js';
import { childrenOf, readHistory, type HistoryEvent } from '../../../observer/history.js';
import { cacheFolder, readEnvironment } from '../../../installation/environment.js';
import { resolveTemporalCli } from '../../../installation/temporal-server/resolve-temporal-cli.js';
import {
  applyStatusQuery,
  controlPlaneReadySignal,
  resolveUpdate,
} from '../../../workflows/contract/message-definitions.js';
import { nodeWorkflowId } from '../../../model/names/workflow-ids.js';
import type { applyPlan } from '../../../workflows/index.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../../workflows/simulated-worker.js';

const join = 'node/k8s-redis/join';

/** What `temporal workflow show -o json` prints: the judge of the report, read by code that knows nothing of it. */
async function shown(rehearsal: SimulatedRehearsal, workflowId: string): Promise<readonly HistoryEvent[]> {
  const { path } = await resolveTemporalCli({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });
  return readHistory({ cli: path, address: rehearsal.target.temporal.address }, workflowId);
}

const timeOf = (event: HistoryEvent | undefined): number => Date.parse(event?.eventTime ?? '');
const eventsOf = (history: readonly HistoryEvent[], type: string): readonly HistoryEvent[] =>
  history.filter(({ eventType }) => eventType === `EVENT_TYPE_${type}`);

const Signal = z.object({
  workflowExecutionSignaledEventAttributes: z.object({ signalName: z.string() }),
});
const signalTime = (history: readonly HistoryEvent[], name: string): number => {
  const event = eventsOf(history, 'WORKFLOW_EXECUTION_SIGNALED').find(
    (one) => Signal.parse(one).workflowExecutionSignaledEventAttributes.signalName === name,
  );
  return timeOf(event);
};

/** Temporal prints microseconds, a report has milliseconds. */
const nearly = (ms: number): unknown => expect.closeTo(ms, -0.5);

describe('readRollOut', () => {
  it('reads a roll-out that parked, lost its worker and was answered, as the histories themselves say', async () => {
    const rehearsal = await aSimulatedRehearsal({
      server: 'real',
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
    });
    const report = async (run: { workflowId: string; runId?: string } = { workflowId: 'cluster/three' }) =>
      rollOutReport(await readRollOut(rehearsal.env.client, run));
    const lock = rehearsal.client.getHandle<typeof applyPlan>('cluster/three');
    const handle = await rehearsal.rollOut({ approve: true, by: 'kim' }, 'the-front-door');
    await until(async () => {
      const status = await lock.query(applyStatusQuery).catch(() => undefined);
      return status?.parked.length === 1 && status.nodes.filter(({ state }) => state === 'done').length === 2;
    }, 60_000);
    await rehearsal.endWorker();

    const parked = await report();
    expect(parked).toMatchObject({ state: 'open', cluster: 'three', by: 'kim', workerGaps: [] });
    expect(parked.criticalPath.at(-1)).toMatchObject({ lane: 'node/k8s-redis', kind: 'person' });
    expect(parked.parks).toMatchObject([{ step: join, failure: expect.stringContaining('KubeadmFailed') }]);

    await lock.signal(controlPlaneReadySignal);
    await until(async () => (await report()).workerGaps.length === 1);
    await rehearsal.startWorker();
    await lock.executeUpdate(resolveUpdate, {
      args: [{ step: join, action: 'retry', reason: 'mended', by: 'lee' }],
    });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    await rehearsal.endWorker();

    const ended = await report();
    await expectAsShown(rehearsal, ended);
    expect(ended.parks).toMatchObject([{ step: join, answer: { action: 'retry', by: 'lee', reason: 'mended' } }]);
    expect(ended.workerGaps).toHaveLength(1);
    expect(ended.before).toMatchObject({ workflowId: 'the-front-door', approvalMs: 0, lockMs: 0 });
    expect(await report({ workflowId: 'the-front-door' })).toEqual(ended);
    expect(await report({ workflowId: 'cluster/three', runId: ended.runId })).toEqual(ended);
  });

  it('says what it has found where there is no roll-out', async () => {
    const rehearsal = await aSimulatedRehearsal({
      server: 'real',
      spec: 'examples/one-node.yaml',
      worker: false,
    });
    const { env } = rehearsal;
    await rehearsal.rollOut({}, 'waits');
    await env.client.workflow.start('planCluster', { taskQueue: 'groundswell', workflowId: 'a-plan' });

    await expect(readRollOut(env.client, { workflowId: 'cluster/none' })).rejects.toMatchObject({
      type: 'NothingRuns',
    });
    await expect(readRollOut(env.client, { workflowId: 'waits' })).rejects.toThrow('the run applied no plan');
    await expect(readRollOut(env.client, { workflowId: 'a-plan' })).rejects.toThrow('found planCluster');
  });
});

async function expectAsShown(rehearsal: SimulatedRehearsal, report: RollOutReport): Promise<void> {
  const lock = await shown(rehearsal, 'cluster/three');
  const redis = await shown(rehearsal, nodeWorkflowId('three', 'k8s-redis'));
  const startMs = timeOf(lock[0]);
  expect(report.startedAt).toBe(new Date(startMs).toISOString());
  expect(report.wallMs).toEqual(nearly(timeOf(lock.at(-1)) - startMs));

  const children = childrenOf(lock).map((id) => id.replace('cluster/three/', ''));
  const lanes = report.lanes.filter(({ group }) => group === 'node' || group === 'unit');
  const named = lanes.map(({ id }) => (id.startsWith('wave/') ? id.split('/').slice(0, 2).join('/') : id));
  expect([...new Set(named)].toSorted()).toEqual(children.toSorted());

  const lane = report.lanes.find(({ id }) => id === 'node/k8s-redis');
  expect(lane?.fromMs).toEqual(nearly(timeOf(redis[0]) - startMs));
  expect(lane?.toMs).toEqual(nearly(timeOf(redis.at(-1)) - startMs));
  expect(lane?.steps.find(({ step }) => step === join)).toMatchObject({ tries: 4 });
  expect(report.failedTries).toHaveLength(eventsOf(redis, 'ACTIVITY_TASK_FAILED').length);
  const pauses = lane?.times.find(({ kind }) => kind === 'retry')?.ms;
  expect(pauses).toEqual(nearly(sum(eventsOf(redis, 'TIMER_FIRED')) - sum(eventsOf(redis, 'TIMER_STARTED'))));

  const told = eventsOf(redis, 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED')[0];
  expect(lane?.times.find(({ kind }) => kind === 'person')?.ms).toEqual(
    nearly(signalTime(redis, 'decided') - timeOf(told)),
  );
  const works = eventsOf(redis, 'ACTIVITY_TASK_STARTED').map(timeOf);
  const ends = redis.filter(({ eventType }) => /ACTIVITY_TASK_(COMPLETED|FAILED)$/.test(eventType)).map(timeOf);
  const workMs = ends.reduce((a, b) => a + b, 0) - works.reduce((a, b) => a + b, 0);
  expect(lane?.times.find(({ kind }) => kind === 'work')?.ms).toEqual(expect.closeTo(workMs, -1.5));
}

function sum(events: readonly HistoryEvent[]): number {
  return events.reduce((all, event) => all + timeOf(event), 0);
}
