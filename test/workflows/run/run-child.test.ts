import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cacheFolder, readEnvironment } from '../../../installation/environment.js';
import { resolveTestServer } from '../../../installation/temporal-server/resolve-test-server.js';
import { nodeWorkflowId } from '../../../model/names/workflow-ids.js';
import { taskQueue } from '../../../workflows/contract/task-queues.js';
import { aSimulatedRehearsal, until } from '../simulated-worker.js';

describe('runChild', () => {
  it('takes the result of a child that ended before it could be told the news', async () => {
    const { path } = await resolveTestServer({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });
    const env = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
    onTestFinished(() => env.teardown());
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('../late-parent.ts', import.meta.url)),
    });

    const states = worker.runUntil(() => env.client.workflow.execute('lateParent', { taskQueue, workflowId: 'late' }));

    expect(await states).toEqual(['open', 'done']);
  });

  it('ends the run when a child fails, and lets nobody wait for what will not come', async () => {
    // the server that skips time tells a parent nothing of a child that was terminated
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', server: 'real' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());

    await rehearsal.client.getHandle(nodeWorkflowId('three', 'k8s-redis')).terminate('by hand');
    join.release();

    await expect(handle.result()).rejects.toThrow();
    const again = await rehearsal.rollOut({ approve: true });
    expect(await again.result()).toMatchObject({ outcome: 'done' });
  });
});
