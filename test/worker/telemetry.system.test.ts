import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { Connection } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { runProcess, startDetached } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { freePort } from '../../systems/free-port.js';
import { prepareNamespace } from '../../installation/temporal-server/prepare-namespace.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';

/** The command line and environment of a worker process that serves metrics and logs JSON. */
async function workerCommand(rehearsal: SimulatedRehearsal, metrics: string) {
  const { codePath } = await workflowBundle();
  const target = { ...rehearsal.target, simulatedOutside: rehearsal.outsideUrl };
  const file = join(root, 'test/workflows/worker-process.ts');
  return {
    args: ['--import', 'tsx', file, JSON.stringify(target), codePath],
    env: { PATH: dirname(process.execPath), GROUNDSWELL_METRICS: metrics },
  };
}

/** A series of the text format of Prometheus, by its name and labels as they are written. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** The sum of all series of a name whose labels have these texts. */
function sumOf(series: ReadonlyMap<string, number>, name: string, ...labels: readonly string[]): number {
  const found = [...series].filter(
    ([key]) => key.startsWith(`${name}{`) && labels.every((label) => key.includes(label)),
  );
  return found.reduce((sum, [, value]) => sum + value, 0);
}

describe('a worker that serves metrics', () => {
  it('tells of its steps, of parked ones and of itself, and logs every step once as JSON', async () => {
    const rehearsal = await aSimulatedRehearsal({
      server: 'real',
      spec: 'examples/three-nodes.yaml',
      worker: false,
      faults: ['k8s-redis: join fails 3 times'],
    });
    const connection = await Connection.connect({ address: rehearsal.target.temporal.address });
    onTestFinished(() => connection.close());
    await prepareNamespace(connection, { namespace: 'default', searchAttributes, retentionDays: 1 }, 30_000);
    const address = `127.0.0.1:${await freePort()}`;
    const logFile = join(dirname(rehearsal.target.spec), 'worker.log');
    const { args, env } = await workerCommand(rehearsal, address);
    const pid = startDetached(process.execPath, args, { cwd: root, env, logFile });
    onTestFinished(() => {
      process.kill(pid, 'SIGTERM');
    });
    const scrape = async () => seriesOf(await (await fetch(`http://${address}/metrics`)).text());

    const handle = await rehearsal.rollOut({ approve: true });
    onTestFinished(() => handle.terminate().then(() => undefined));
    const parked = async () => {
      const series = await scrape().catch(() => new Map<string, number>());
      return series.get('groundswell_parked_steps{cluster="three"}') === 1;
    };
    await until(parked, 120_000);

    const series = await scrape();
    expect(sumOf(series, 'groundswell_step_attempts_total', 'part="join"', 'outcome="failed"')).toBe(3);
    expect(sumOf(series, 'groundswell_step_attempts_total', 'part="join"', 'outcome="changed"')).toBe(1);
    expect(sumOf(series, 'groundswell_step_failures_total', 'part="join"', 'failure_type="KubeadmFailed"')).toBe(3);
    expect(sumOf(series, 'groundswell_step_duration_seconds_count', 'part="instance"')).toBe(3);
    expect(sumOf(series, 'temporal_workflow_task_execution_latency_seconds_count')).toBeGreaterThan(10);
    // docs/observe.md alerts on these labels
    const ansibleSlots = ['task_queue="groundswell-ansible"', 'worker_type="ActivityWorker"'];
    expect(sumOf(series, 'temporal_worker_task_slots_available', ...ansibleSlots)).toBeGreaterThan(0);
    const names = [...series.keys()].filter((key) => key.startsWith('groundswell_'));
    expect(names.filter((key) => /k8s-|redis|api-auth/.test(key))).toEqual([]);

    const lines = (await readFile(logFile, 'utf8')).trim().split('\n');
    const entries = z.array(z.record(z.string(), z.unknown())).parse(lines.map((line): unknown => JSON.parse(line)));
    for (const entry of entries) {
      expect(entry).toMatchObject({ time: expect.any(String), level: expect.any(String), message: expect.any(String) });
    }
    const joins = entries.filter(({ step }) => step === 'node/k8s-redis/join');
    expect(joins.map(({ message }) => message)).toEqual([
      'step begins',
      'step fails',
      'step begins',
      'step fails',
      'step begins',
      'step fails',
    ]);
    expect(joins[1]).toMatchObject({
      cluster: 'three',
      stage: 'nodes',
      workflowId: 'cluster/three/node/k8s-redis',
      activity: 'joinNode',
      failureType: 'KubeadmFailed',
    });
    expect(lines.join('')).not.toMatch(/PRIVATE KEY|taskToken/);
  });

  it('tells what the newest check for drift found, and when that was', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml', worker: false });
    const address = `127.0.0.1:${await freePort()}`;
    const logFile = join(dirname(rehearsal.target.spec), 'worker.log');
    const { args, env } = await workerCommand(rehearsal, address);
    const pid = startDetached(process.execPath, args, { cwd: root, env, logFile });
    onTestFinished(() => {
      process.kill(pid, 'SIGTERM');
    });
    const begunAt = Math.floor(Date.now() / 1_000);
    await rehearsal.client.execute('checkDrift', { taskQueue, workflowId: 'a-check', args: [{}] });

    const seen = async (): Promise<boolean> => {
      const series = seriesOf(await (await fetch(`http://${address}/metrics`)).text());
      const cluster = `{cluster="${rehearsal.cluster}"}`;
      const checkedAt = series.get(`groundswell_drift_checked_timestamp_seconds${cluster}`) ?? 0;
      return (series.get(`groundswell_drift_differences${cluster}`) ?? 0) > 0 && checkedAt >= begunAt;
    };
    await until(() => seen().catch(() => false), 120_000);
  });

  it('refuses to start where something else listens, and says so in one line', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml', worker: false });
    const taken = await listening();
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { args, env } = await workerCommand(rehearsal, `127.0.0.1:${port}`);

    const { exitCode, stderr } = await runProcess(process.execPath, args, { cwd: root, env });

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(`GROUNDSWELL_METRICS=127.0.0.1:${port}: expected an address and a free port`);
    expect(stderr).toContain('Address already in use');
  });
});

async function listening(): Promise<Server> {
  const server = createServer();
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}
