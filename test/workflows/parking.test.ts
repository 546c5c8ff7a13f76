import { describe, expect, it } from 'vitest';
import { applyStatusQuery, nodeStatusQuery, resolveUpdate } from '../../workflows/contract/messages.js';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import type { ResolveInput } from '../../model/messages.js';
import { lockOf, parkedOf, untilParked } from './locked.js';
import { count, deploymentsInOrder, historyOf, whatIsWrong } from './observed.js';
import { failureOf, refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

const step = 'node/k8s-redis/join';
const retry: ResolveInput = { step, action: 'retry', reason: 'the disk was full', by: 'kim' };

describe('a step that fails', () => {
  it('twice is tried again by itself, with a pause that writes no more than a timer', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails twice'],
    });
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });

    const history = await historyOf(rehearsal, nodeWorkflowId('three', 'k8s-redis'));
    expect(count(history, 'ACTIVITY_TASK_FAILED')).toBe(2);
    expect(count(history, 'TIMER_FIRED')).toBe(2);
    expect(rehearsal.effects('kubeadm join')).toHaveLength(2);
  });

  it('says while it is tried again how often it failed, and with what', async () => {
    const faults = ['k8s-redis: join fails once'];
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', faults });
    const first = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => first.reached());
    const second = rehearsal.gates.hold('k8s-redis', 'join');
    first.release();
    await rehearsal.passTime(async () => second.reached(), '10 seconds');

    const child = rehearsal.client.getHandle(nodeWorkflowId('three', 'k8s-redis'));
    const { steps } = await child.query(nodeStatusQuery);
    second.release();

    expect(steps.find((one) => one.step === step)).toMatchObject({
      state: 'running',
      failedTries: { count: 1, message: expect.stringContaining('k8s-redis') as unknown },
    });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });

  it('three times waits a week for a person, while all others go on; a retry then finishes the roll-out', async () => {
    const rehearsal = await aSimulatedRehearsal({ faults: ['k8s-redis: join fails 3 times'] });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, step);
    await until(() => rehearsal.effects('kubeadm join').length === 12);
    await until(async () => {
      const { nodes } = await lockOf(rehearsal).query(applyStatusQuery);
      return nodes.filter(({ state }) => state === 'done').length === 13;
    });
    await until(() => deploymentsInOrder(rehearsal).length === 4);
    expect(deploymentsInOrder(rehearsal).toSorted()).toEqual([
      'data/postgresql',
      'messaging/rabbitmq',
      'monitoring/grafana',
      'monitoring/prometheus',
    ]);
    const { parked } = await lockOf(rehearsal).query(applyStatusQuery);
    expect(parked).toMatchObject([{ step, state: 'parked', failure: { type: 'KubeadmFailed', attempts: 3 } }]);
    expect(parked[0]?.failure?.advice).toContain(`\`npx groundswell logs ${step}\``);

    const child = nodeWorkflowId('ecoeco', 'k8s-redis');
    const before = await historyOf(rehearsal, child);
    const weekAgoMs = await rehearsal.env.currentTimeMs();
    await rehearsal.env.sleep('7 days');
    expect((await rehearsal.env.currentTimeMs()) - weekAgoMs).toBeGreaterThan(6.9 * 24 * 3_600_000);
    expect(await historyOf(rehearsal, child)).toHaveLength(before.length);
    expect(before.length).toBeLessThan(80);

    await lockOf(rehearsal).executeUpdate(resolveUpdate, { args: [retry] });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(await whatIsWrong(rehearsal)).toEqual([]);
  });

  it('for ever fails the run with Aborted when somebody answers abort, and nothing new begins', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 99 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, step);
    await until(() => rehearsal.effects('kubeadm join').length === 1);
    await until(async () => {
      const { nodes } = await lockOf(rehearsal).query(applyStatusQuery);
      return nodes.filter(({ state }) => state === 'done').length === 2;
    });
    const begun = () => rehearsal.effects().filter(({ effect }) => effect !== 'DeleteLaunchTemplate');
    const before = begun();
    await lockOf(rehearsal).executeUpdate(resolveUpdate, { args: [{ ...retry, action: 'abort' }] });

    expect(await failureOf(handle.result())).toEqual({
      type: 'Aborted',
      message: expect.stringContaining('k8s-redis'),
    });
    expect(await failureOf(lockOf(rehearsal).result())).toMatchObject({ type: 'Aborted' });
    expect(begun()).toEqual(before);
    expect(deploymentsInOrder(rehearsal)).toEqual([]);
  });

  it('needs a person at once where another try cannot help', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['ap-northeast-2a: no capacity', 'ap-northeast-2c: no capacity'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await until(async () => (await parkedOf(rehearsal)).length === 3);

    expect(await parkedOf(rehearsal)).toMatchObject(
      Array.from({ length: 3 }, () => ({ failure: { type: 'AwsCapacity', attempts: 1 } })),
    );
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  });
});

describe('resolve', () => {
  it('refuses what cannot be meant, each time with a sentence, and takes the answer that can', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 6 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, step);
    const first = (await parkedOf(rehearsal))[0]?.parkId ?? '';
    const resolve = (input: unknown) =>
      lockOf(rehearsal).executeUpdate<unknown, [unknown]>('resolve', { args: [input] });
    const expected = 'resolve: expected {"step", "action", "reason", "by"}, each a text';

    expect(await refusalOf(resolve({ ...retry, step: 'node/k8s-api-auth/join' }))).toBe(
      `node/k8s-api-auth/join: is not parked; parked: ${step}`,
    );
    expect(await refusalOf(resolve({ ...retry, parkId: 'of-another-run:1' }))).toBe(
      `${step}: park of-another-run:1 is not the present stop: expected ${first}; look at the status again`,
    );
    expect(await refusalOf(resolve({ ...retry, action: 'explode' }))).toBe(
      `${step}: unknown action explode; expected retry, skip, replace, abort`,
    );
    expect(await refusalOf(resolve({ ...retry, confirm: 7 }))).toBe(
      'resolve: expected "confirm" to be a text with names of units',
    );
    expect(await refusalOf(resolve({ ...retry, reason: '' }))).toBe(expected);
    expect(await refusalOf(resolve({ ...retry, by: 7 }))).toBe(expected);
    expect(await refusalOf(resolve(undefined))).toBe(expected);
    expect(await refusalOf(resolve('retry'))).toBe(expected);

    expect(await resolve({ ...retry, parkId: first })).toEqual({ step, action: 'retry' });
    expect(await refusalOf(resolve({ ...retry, by: 'lee', parkId: first }))).toBe(
      `${step}: kim already decided retry (the disk was full)`,
    );

    // it parks anew: the answer to the first stop says nothing about the second
    await rehearsal.passTime(async () => (await parkedOf(rehearsal)).some(({ parkId }) => parkId !== first));
    expect(await refusalOf(resolve({ ...retry, by: 'lee', parkId: first }))).toBe(
      `${step}: kim already decided retry (the disk was full)`,
    );
    await resolve({ ...retry, by: 'lee' });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });
});

describe('a gate that does not hold', () => {
  it('parks its wave: the one before is done, the one after does not begin', async () => {
    const rehearsal = await aSimulatedRehearsal({ faults: ['api-location: never ready'] });
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => deploymentsInOrder(rehearsal).includes('api/location'));
    await rehearsal.passTime(async () => (await parkedOf(rehearsal)).length === 1, '10 seconds');

    expect(await parkedOf(rehearsal)).toMatchObject([
      { step: 'wave/2/api-location', failure: { type: 'UnitNotReady', attempts: 3 } },
    ]);
    expect((await parkedOf(rehearsal))[0]?.failure?.message).toMatch(/Deployment api\/location 0\/\d/);
    const { waves } = await lockOf(rehearsal).query(applyStatusQuery);
    expect(waves).toMatchObject([
      { wave: 0, state: 'done' },
      { wave: 1, state: 'done' },
      { wave: 2, state: 'open' },
      { wave: 3, state: 'not begun' },
      { wave: 4, state: 'not begun' },
      { wave: 10, state: 'not begun' },
    ]);
    expect(deploymentsInOrder(rehearsal)).toContain('api/character');
    expect(deploymentsInOrder(rehearsal)).not.toContain('api/info');

    await lockOf(rehearsal).executeUpdate(resolveUpdate, {
      args: [{ step: 'wave/2/api-location', action: 'abort', reason: 'wrong image', by: 'kim' }],
    });
    expect(await failureOf(handle.result())).toMatchObject({ type: 'Aborted' });
    expect(deploymentsInOrder(rehearsal)).not.toContain('api/info');
  });
});
