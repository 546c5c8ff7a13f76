import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/messages.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { failureOf, refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

describe('the input of a front door', () => {
  it('that names a broken spec fails it as SpecInvalid, with every problem in the message', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const broken = join(dirname(rehearsal.target.spec), 'rules.yaml');
    await copyFile(join(root, 'examples/broken/rules.yaml'), broken);
    const expected = (await readFile(join(root, 'examples/broken/rules.problems.txt'), 'utf8')).trim().split('\n');
    const handle = await rehearsal.rollOut({ spec: broken, approve: true });

    const failure = await failureOf(handle.result());
    expect(failure.type).toBe('SpecInvalid');
    const places = (lines: readonly string[]) => lines.map((line) => line.replace(/^.*\/?rules\.yaml/, ''));
    expect(places(failure.message.split('\n'))).toEqual(places(expected));
    expect(expected.length).toBeGreaterThan(20);
    expect(rehearsal.effects()).toEqual([]);
  });

  it('that names no file fails it as InputInvalid, with the path', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({ spec: 'nowhere.yaml' });

    expect(await failureOf(handle.result())).toMatchObject({
      type: 'InputInvalid',
      message: expect.stringContaining('/nowhere.yaml: the worker cannot read it'),
    });
  });

  it('that is nothing at all is like {}', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.client.start('rollOutCluster', { taskQueue, workflowId: 'bare', args: [] });
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  });

  it.each([
    ['null', null, 'expected an object such as {}, found null'],
    ['a text', 'hello', 'expected an object such as {}, found "hello"'],
    ['a list', [], 'expected an object such as {}, found []'],
    ['a word with a slip', { aprove: true }, '"aprove": expected one of spec, approve, confirm'],
    ['a word in place of true', { approve: 'yes' }, 'approve: expected true or false, found "yes"'],
    ['a number in place of a name', { by: 7 }, 'by: expected a text, found 7'],
    ['a word in place of a lock', { takeOver: 'yes' }, 'takeOver: expected the id of a lock, such as "lt-'],
    [
      'more hours than a date holds',
      { approvalHours: 1e13 },
      'approvalHours: expected a number above 0 and up to 8760',
    ],
  ])('that is %s ends the run with one sentence, instead of failing its task for ever', async (_, input, says) => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    for (const workflow of ['rollOutCluster', 'planCluster']) {
      const handle = await rehearsal.client.start(workflow, { taskQueue, workflowId: workflow, args: [input] });

      const failure = await failureOf(handle.result());
      expect(failure.type).toBe('InputInvalid');
      if (workflow === 'rollOutCluster') expect(failure.message).toContain(says);
    }
  });

  it('that names another valid spec rolls that one out', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const folder = join(dirname(rehearsal.target.spec), 'others');
    await mkdir(folder);
    const text = (await readFile(rehearsal.target.spec, 'utf8')).replace('cluster: three', 'cluster: other');
    await writeFile(join(folder, 'other.yaml'), text);
    const handle = await rehearsal.rollOut({ spec: join(folder, 'other.yaml'), approve: true });
    expect(await handle.result()).toMatchObject({ cluster: 'other', outcome: 'done' });
  });
});

describe('approve', () => {
  it('refuses what it cannot read, with a sentence', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({});
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    const untyped = rehearsal.client.getHandle(handle.workflowId);
    const approve = (answer: unknown) => untyped.executeUpdate<unknown, [unknown]>('approve', { args: [answer] });

    const expected = 'approve: expected {"digest", "by"}, each a text';
    for (const answer of [undefined, null, 'yes', { digest: 1, by: 'kim' }, { digest: 'd' }]) {
      expect(await refusalOf(approve(answer))).toBe(expected);
    }
    await handle.cancel();
    await handle.result();
  });

  it('refuses while nothing waits for it', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const prepare = rehearsal.gates.hold('k8s-redis', 'prepare');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => prepare.reached());
    expect(await refusalOf(handle.executeUpdate(approveUpdate, { args: [{ digest: 'd', by: 'kim' }] }))).toBe(
      'no plan waits for approval here: the roll-out is applying',
    );
    prepare.release();
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });

  it('of a plan that the world has left behind is asked again', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({});
    const waits = async () => {
      const { phase, planDigest } = await handle.query(frontDoorStatusQuery);
      return phase === 'waiting for approval' ? planDigest : undefined;
    };
    await until(async () => (await waits()) !== undefined);
    const before = await waits();
    rehearsal.world.things.instances.push({
      node: 'k8s-redis',
      generation: 1,
      id: 'i-00000000000000001',
      state: 'terminated',
      zone: 'ap-northeast-2a',
      type: 't3.micro',
      imageId: 'ami-1',
      token: 'of another time',
      request: '',
      readyAtMs: 0,
      sshAtMs: 0,
    });
    await handle.executeUpdate(approveUpdate, { args: [{ digest: before ?? '', by: 'kim' }] });
    await until(async () => ![undefined, before].includes(await waits()));
    expect((await handle.query(frontDoorStatusQuery)).moved).toEqual(['node/k8s-redis/instance']);
    expect(rehearsal.effects()).toEqual([]);

    await handle.executeUpdate(approveUpdate, { args: [{ digest: (await waits()) ?? '', by: 'kim' }] });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    const redis = rehearsal.world.things.instances.filter(({ node }) => node === 'k8s-redis');
    expect(redis.map(({ generation }) => generation)).toEqual([1, 2]);
  });
});

describe('planCluster', () => {
  it('says what would change and changes nothing, also while the lock is held', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const prepare = rehearsal.gates.hold('k8s-redis', 'prepare');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => prepare.reached());
    const planned = await rehearsal.client.start<() => Promise<PlanSkeleton>>('planCluster', {
      taskQueue,
      workflowId: 'a-plan',
      args: [],
    });
    const plan = await planned.result();
    expect(plan.cluster).toBe('three');
    expect(plan.nodes.find(({ name }) => name === 'k8s-redis')).toMatchObject({ op: 'create' });
    prepare.release();
    await handle.result();
  });
});
