import { join as joinPath } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { addStatus } from '../../client/commands/status.js';
import { explainError } from '../../client/explain-error.js';
import { applyWorkflowId, nodeWorkflowId, waveWorkflowId } from '../../model/names/workflow-ids.js';
import { root } from '../../installation/config.js';
import { runCommand } from '../client/run-command.js';
import { lockOf, parkedOf, resolve, statusOf } from './locked.js';
import { reset } from './reset.js';
import {
  aSimulatedRehearsal,
  until,
  type SimulatedRehearsal,
  type SimulatedRehearsalOptions,
} from './simulated-worker.js';
import { workflowBundle } from './workflow-bundle.js';

const lockId = applyWorkflowId('three');
const redisId = nodeWorkflowId('three', 'k8s-redis');
const join = 'node/k8s-redis/join';
const patienceMs = 120_000;

/** A roll-out of three nodes of which one waits for a person. The server is real: only that one resets and terminates as in use. */
async function aParkedRun(failures = 3) {
  const faults = [`k8s-redis: join fails ${failures} times`];
  const rehearsal = await aHastyRehearsal({ faults });
  const handle = await rehearsal.rollOut({ approve: true });
  await untilJoinParked(rehearsal);
  return { rehearsal, handle };
}

const hastyBundle = () => workflowBundle(joinPath(root, 'test/rehearsal/short-pauses.ts'));

/** With pauses of a second before retries: the real server skips no time. */
async function aHastyRehearsal(options: SimulatedRehearsalOptions = {}): Promise<SimulatedRehearsal> {
  const three = { server: 'real', spec: 'examples/three-nodes.yaml', worker: false } as const;
  const rehearsal = await aSimulatedRehearsal({ ...three, ...options });
  await rehearsal.startWorker(await hastyBundle());
  return rehearsal;
}

async function untilJoinParked(rehearsal: SimulatedRehearsal): Promise<void> {
  await until(async () => (await parkedOf(rehearsal)).some(({ step }) => step === join), patienceMs);
}

/** Names of the open workflows, as the server lists them, which is a moment late. */
async function openIds(rehearsal: SimulatedRehearsal): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of rehearsal.client.list({ query: "ExecutionStatus = 'Running'" })) {
    ids.push(workflowId);
  }
  return ids;
}

/** What the lock found of older runs of its children, from its history: they may end within a moment. */
async function olderRuns(rehearsal: SimulatedRehearsal): Promise<readonly unknown[]> {
  const { events } = await lockOf(rehearsal).fetchHistory();
  return (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: ended }) => {
    const payload = ended?.result?.payloads?.[0];
    return payload == null ? [] : [defaultPayloadConverter.fromPayload<unknown>(payload)];
  });
}

const parkedOlder = expect.objectContaining({
  workflowId: redisId,
  older: expect.objectContaining({
    parentEnded: true,
    at: expect.objectContaining({ step: join, state: 'parked', since: expect.any(String) }),
  }),
});

async function statusText(rehearsal: SimulatedRehearsal): Promise<string> {
  return (await runCommand(rehearsal.target, addStatus, ['status'])).stdout;
}

async function expectWhole(rehearsal: SimulatedRehearsal): Promise<void> {
  expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
  expect(rehearsal.effects('RunInstances')).toHaveLength(3);
  await until(async () => (await openIds(rehearsal)).length === 0);
}

describe('a lock that somebody reset while a step is parked', () => {
  it('to its last task shows the step, which is answered, parks again, and is answered again', async () => {
    const { rehearsal, handle } = await aParkedRun(6);

    await reset(rehearsal, lockId, 'last');
    await untilJoinParked(rehearsal);
    const before = (await parkedOf(rehearsal))[0]?.parkId;
    await resolve(rehearsal, { step: join, action: 'retry' });
    await until(async () => (await parkedOf(rehearsal)).some(({ parkId }) => parkId !== before), patienceMs);
    await resolve(rehearsal, { step: join, action: 'retry' });

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    await expectWhole(rehearsal);
  });

  it('to its first task asks the older run that is parked to stop, begins the node anew, and ends as done', async () => {
    const { rehearsal, handle } = await aParkedRun();

    await reset(rehearsal, lockId, 'first');

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(await parkedOf(rehearsal)).toEqual([]);
    expect(await olderRuns(rehearsal)).toContainEqual(parkedOlder);
    await expectWhole(rehearsal);
  });
});

describe('a lock that was reset and then terminated', () => {
  it('leaves a parked child to the next run, which asks it to stop and ends as done', async () => {
    const { rehearsal, handle } = await aParkedRun();
    await rehearsal.endWorker();
    // without a worker the run that takes its place never hears of its children
    await reset(rehearsal, lockId, 'first');
    await lockOf(rehearsal).terminate('of the test');
    const ended = handle.result().catch((error: unknown) => error);
    await rehearsal.startWorker(await hastyBundle());

    expect(explainError(await ended)).toMatchObject({
      message: `${lockId}: somebody terminated this workflow, and the run ends with it`,
    });
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(await olderRuns(rehearsal)).toContainEqual(parkedOlder);
    await expectWhole(rehearsal);
  });

  it('leaves a child at work to the next run, which says for whom it waits until that has ended', async () => {
    const rehearsal = await aHastyRehearsal();
    const held = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => held.reached(), patienceMs);
    await reset(rehearsal, lockId, 'first');
    await lockOf(rehearsal).terminate('of the test');
    await expect(handle.result()).rejects.toThrow();

    const again = await rehearsal.rollOut({ approve: true });
    const waits = 'node k8s-redis waits for an older run of k8s-redis, at node/k8s-redis/join, open since ';
    const asked = ', whose parent has ended; the newer run asked it to stop';
    const said = async () => (await statusText(rehearsal)).split('\n').find((line) => line.startsWith(waits));
    await until(async () => (await said()) !== undefined, patienceMs);

    expect(await said()).toContain(asked);
    held.release();
    expect(await again.result()).toMatchObject({ outcome: 'done' });
    expect((await statusOf(rehearsal)).waitsForOlder).toBeUndefined();
    await expectWhole(rehearsal);
  });
});

describe('a lock that was terminated', () => {
  it('while a step is parked leaves nothing that the next run waits for in vain', async () => {
    const { rehearsal, handle } = await aParkedRun();

    await lockOf(rehearsal).terminate('of the test');
    await expect(handle.result()).rejects.toThrow();

    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    await expectWhole(rehearsal);
  });
});

describe('a lock that was cancelled', () => {
  it('while a step is parked ends as stopped, with all its children', async () => {
    const { rehearsal, handle } = await aParkedRun();

    await lockOf(rehearsal).cancel();

    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
    await until(async () => (await openIds(rehearsal)).length === 0);
  });
});

describe('a child', () => {
  it('that was terminated is named by the run that ends', async () => {
    const { rehearsal, handle } = await aParkedRun();

    await rehearsal.client.getHandle(redisId).terminate('of the test');
    const error: unknown = await handle.result().catch((reason: unknown) => reason);

    expect(explainError(error)).toMatchObject({
      type: 'Terminated',
      message: `${redisId}: somebody terminated this workflow, and the run ends with it`,
      advice: 'run `npx groundswell up` again: finished work stays finished',
      exitCode: 1,
    });
    await until(async () => (await openIds(rehearsal)).length === 0);
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    await expectWhole(rehearsal);
  });

  it('that was cancelled ends the run as stopped', async () => {
    const { rehearsal, handle } = await aParkedRun();

    await rehearsal.client.getHandle(redisId).cancel();

    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
    await until(async () => (await openIds(rehearsal)).length === 0);
  });

  it.each([
    [redisId, 'first'],
    [redisId, 'last'],
    [waveWorkflowId('three', 0), 'first'],
  ] as const)('%s that was reset to its %s task goes on under the same run', async (id, to) => {
    const { rehearsal, handle } = await aParkedRun();

    await reset(rehearsal, id, to);
    const anew = await rehearsal.client.getHandle(id).describe();
    await until(async () => {
      const { raw } = await rehearsal.client.getHandle(id, anew.runId).describe();
      return raw.pendingWorkflowTask == null;
    }, patienceMs);
    // reset to its first task, a node tries again by itself
    await until(async () => {
      if ((await parkedOf(rehearsal)).length > 0) await resolve(rehearsal, { step: join, action: 'retry' });
      return (await handle.describe()).status.name !== 'RUNNING';
    }, patienceMs);

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    await expectWhole(rehearsal);
  });
});

describe('a front door', () => {
  it('that was reset to its first task lets the run end', async () => {
    const { rehearsal, handle } = await aParkedRun();
    const { workflowId } = handle;

    await reset(rehearsal, workflowId, 'first');
    await resolve(rehearsal, { step: join, action: 'retry' });

    const outcome = (await rehearsal.client.getHandle(workflowId).result()) as unknown;
    expect(['done', 'nothing to do']).toContain((outcome as { readonly outcome: string }).outcome);
    await expectWhole(rehearsal);
  });
});
