import { WorkflowIdConflictPolicy } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { RollOutClusterResult } from '../../workflows/contract/inputs.js';
import { count, historyOf, whatIsWrong } from './observed.js';
import { untilParked } from './locked.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, until, type FrontDoorHandle, type SimulatedRehearsal } from './simulated-worker.js';

function summary(results: readonly RollOutClusterResult[]): readonly string[] {
  return results.map(({ outcome, changes }) => (changes === 0 ? `${outcome}, 0 changes` : outcome)).toSorted();
}

async function digestThatWaits(handle: FrontDoorHandle): Promise<string> {
  await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
  return (await handle.query(frontDoorStatusQuery)).planDigest ?? '';
}

/** One after another: each wait unlocks the server's clock, and two unlocks at once are one too many. */
async function resultsOf(handles: readonly FrontDoorHandle[]): Promise<readonly RollOutClusterResult[]> {
  const results: RollOutClusterResult[] = [];
  for (const handle of handles) results.push(await handle.result());
  return results;
}

async function statusOf({ client }: SimulatedRehearsal, workflowId: string): Promise<string> {
  return client
    .getHandle(workflowId)
    .describe()
    .then(
      ({ status }) => status.name,
      () => 'NOT STARTED',
    );
}

const fourIdle = Array.from({ length: 4 }, () => 'nothing to do, 0 changes');

describe('starts of the same cluster', () => {
  it('five at once end in one cluster: one does it, four find nothing to do, and so does a sixth', async () => {
    const rehearsal = await aSimulatedRehearsal();
    const handles = await Promise.all(Array.from({ length: 5 }, () => rehearsal.rollOut({ approve: true })));
    // while somebody waits for a result, those who wait for the lock ask for it as fast as the machine can
    await until(async () => (await statusOf(rehearsal, applyWorkflowId('ecoeco'))) === 'COMPLETED', 60_000);

    expect(summary(await resultsOf(handles))).toEqual(['done', ...fourIdle]);
    expect(await whatIsWrong(rehearsal)).toEqual([]);
    const effects = rehearsal.effects().length;
    const sixth = await rehearsal.rollOut({ approve: true });
    expect(summary([await sixth.result()])).toEqual(['nothing to do, 0 changes']);
    expect(rehearsal.effects()).toHaveLength(effects);
  });

  it('five that wait for approval hold up nobody; after one is done, the others approve nothing', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handles = await Promise.all(Array.from({ length: 5 }, () => rehearsal.rollOut({})));
    const digests = await Promise.all(handles.map(digestThatWaits));
    expect(new Set(digests).size).toBe(1);
    const [digest = ''] = digests;
    const [first, ...others] = handles;

    await first?.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
    expect(await first?.result()).toMatchObject({ outcome: 'done' });
    const effects = rehearsal.effects().length;
    for (const handle of others) await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
    expect(summary(await resultsOf(others))).toEqual(fourIdle);
    expect(rehearsal.effects()).toHaveLength(effects);
  });

  it('wait durably for a holder: hours of it write no event, and the wait names the holder', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
    });
    const first = await rehearsal.rollOut({ approve: true, by: 'kim' });
    await until(() => rehearsal.effects('kubeadm join').length === 1);
    const second = await rehearsal.rollOut({ approve: true });
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');
    expect((await second.query(frontDoorStatusQuery)).busyWith).toMatch(
      /^cluster\/three holds the lock since \d{4}-\d\d-\d\dT[\d:.]+Z \(kim\)$/,
    );

    const before = await historyOf(rehearsal, second.workflowId);
    await rehearsal.env.sleep('2 hours');
    expect(await historyOf(rehearsal, second.workflowId)).toHaveLength(before.length);

    const lock = rehearsal.client.getHandle(applyWorkflowId('three'));
    await lock.executeUpdate('resolve', {
      args: [{ step: 'node/k8s-redis/join', action: 'retry', reason: 'mended', by: 'lee' }],
    });
    expect(await first.result()).toMatchObject({ outcome: 'done' });
    expect(await second.result()).toMatchObject({ outcome: 'nothing to do', changes: 0 });
    const history = await historyOf(rehearsal, second.workflowId);
    expect(JSON.stringify(history).match(/"waitUntilClosed"/g)).toHaveLength(1);
    expect(count(history, 'ACTIVITY_TASK_FAILED')).toBe(0);
  });

  it('plan again after the wait, and go on where the holder was stopped', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const first = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());
    const second = await rehearsal.rollOut({ approve: true });
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');
    await first.cancel();
    join.release();

    expect(await first.result()).toMatchObject({ outcome: 'stopped' });
    expect(await second.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join')).toHaveLength(2);
    expect(rehearsal.effects('RunInstances')).toHaveLength(3);
  });
});

describe('a start by hand', () => {
  it('of applyPlan is refused, under whatever id and with whatever input', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const plan = { cluster: 'three', digest: 'd', artifact: `sha256:${'0'.repeat(64)}`, changes: 0 };
    const whole = { ...plan, network: [], nodes: [], units: [] };
    const start = async (workflowId: string, args: readonly unknown[]) => {
      const handle = await rehearsal.client.start('applyPlan', {
        taskQueue,
        workflowId,
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
        args: [...args],
      });
      return failureOf(handle.result());
    };

    expect(await start('mine', [{ plan: whole, searchAttributes: [] }])).toEqual({
      type: 'PlanMissing',
      message: 'workflow mine: applyPlan applies a plan of rollOutCluster; start rollOutCluster',
    });
    expect(await start('cluster/three', [])).toMatchObject({ type: 'PlanMissing' });
    expect(await start('cluster/three', [{}])).toMatchObject({ type: 'PlanMissing' });
    expect(await start('cluster/three', [null])).toMatchObject({ type: 'PlanMissing' });
    expect(await start('cluster/three', ['three'])).toMatchObject({ type: 'PlanMissing' });
    expect(await start('cluster/three', [{ plan }])).toMatchObject({ type: 'PlanMissing' });
    expect(await start('cluster/three', [{ plan: whole, searchAttributes: [] }])).toMatchObject({
      type: 'PlanMissing',
      message: expect.stringMatching(/^artifact sha256:0+: not in /),
    });
    expect(rehearsal.effects()).toEqual([]);
  });

  it('of applyPlan with a recorded plan under another digest is refused', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.client.start('planCluster', { taskQueue, workflowId: 'a-plan', args: [{}] });
    const plan: unknown = await handle.result();
    const forged = { ...Object(plan), digest: 'another' };
    const lock = await rehearsal.client.start('applyPlan', {
      taskQueue,
      workflowId: 'cluster/three',
      args: [{ plan: forged, searchAttributes: [] }],
    });
    expect(await failureOf(lock.result())).toMatchObject({ type: 'PlanMissing' });
    expect(rehearsal.effects()).toEqual([]);
  });

  it('of a front door under an id that belongs to the lock is refused', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({ approve: true }, 'cluster/three');
    expect(await failureOf(handle.result())).toEqual({
      type: 'InputInvalid',
      message:
        'workflow id cluster/three: ids that begin with "cluster/" belong to the lock; start rollOutCluster with any other id',
    });
    expect(rehearsal.effects()).toEqual([]);
  });
});

describe('a roll-out that supersedes', () => {
  it('asks the holder to stop at its safe point, says so, and takes over', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const first = await rehearsal.rollOut({ approve: true, by: 'kim' });
    await until(() => join.reached());
    const second = await rehearsal.rollOut({ approve: true, by: 'lee', supersede: true }, 'the-second');
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');
    expect((await second.query(frontDoorStatusQuery)).busyWith).toContain('(kim), and somebody asked it to stop');
    join.release();

    expect(await first.result()).toMatchObject({
      outcome: 'stopped',
      stoppedBy: { by: 'lee', reason: 'superseded by the-second' },
      standing: { nodes: 3 },
    });
    expect(await second.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join')).toHaveLength(2);
  });

  it('ends a holder that waits for a person', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
    });
    const first = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, 'node/k8s-redis/join');
    const second = await rehearsal.rollOut({ approve: true, supersede: true });
    expect(await first.result()).toMatchObject({ outcome: 'stopped' });
    expect(await second.result()).toMatchObject({ outcome: 'done' });
  });
});
