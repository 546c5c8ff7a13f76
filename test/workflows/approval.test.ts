import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { count, historyOf } from './observed.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

/** By the events of its history: the clock of the server runs on by itself once nothing is open. */
async function lastedMs(rehearsal: SimulatedRehearsal, workflowId: string): Promise<number> {
  const history = await historyOf(rehearsal, workflowId);
  return Date.parse(history.at(-1)?.eventTime ?? '') - Date.parse(history[0]?.eventTime ?? '');
}

describe('a plan that waits for its approval', () => {
  it('is given up after a week, as expired, with nothing changed', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({});
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    const { expiresAt = '' } = await handle.query(frontDoorStatusQuery);
    const waitMs = Date.parse(expiresAt) - (await rehearsal.env.currentTimeMs());
    expect(waitMs / 3_600_000).toBeCloseTo(7 * 24, 0);

    await rehearsal.env.sleep('6 days');
    expect((await handle.query(frontDoorStatusQuery)).phase).toBe('waiting for approval');
    expect(await handle.result()).toMatchObject({ outcome: 'expired', changes: 0 });
    expect(rehearsal.effects()).toEqual([]);
  });

  it('waits as long as the input says', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({ approvalHours: 0.5 });
    expect(await handle.result()).toMatchObject({ outcome: 'expired' });
    expect((await lastedMs(rehearsal, handle.workflowId)) / 60_000).toBeCloseTo(30, 0);
  });

  it('is not given up once it is approved in time', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({ approvalHours: 2 });
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    await rehearsal.env.sleep('1 hour');
    const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
    await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });

  it('is carried out in the name of who approved it, where nobody says who started it', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const gate = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({});
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
    await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'lee' }] });
    await until(() => gate.reached());

    const second = await rehearsal.rollOut({ approve: true });
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'waiting for the cluster');
    const { busyWith } = await second.query(frontDoorStatusQuery);
    gate.release();

    expect(busyWith).toMatch(/^cluster\/three holds the lock since \S+ \(lee\)$/);
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
  });

  it('refuses a time that is none', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const handle = await rehearsal.rollOut({ approvalHours: -1 });
    expect(await failureOf(handle.result())).toEqual({
      type: 'InputInvalid',
      message: 'input of rollOutCluster: approvalHours: expected a number above 0 and up to 8760, found -1',
    });
  });
});

describe('a spec with approval: none', () => {
  it('is rolled out without a question', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const text = await readFile(rehearsal.target.spec, 'utf8');
    await writeFile(rehearsal.target.spec, `${text.replace(/^approval: .*$/m, '')}\napproval: none\n`);
    expect(await (await rehearsal.rollOut({})).result()).toMatchObject({ outcome: 'done' });
  });
});

describe('planning', () => {
  it('that AWS throttles is tried again after the pause that AWS asked for', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['aws: throttles twice'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });

    const history = await historyOf(rehearsal, handle.workflowId);
    expect(count(history, 'TIMER_FIRED')).toBe(2);
    const summaries = JSON.stringify(history.filter(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_STARTED'));
    expect(summaries.match(/"startToFireTimeout":"3s"/g)).toHaveLength(2);
  });

  it('that AWS throttles for ever fails as AwsThrottled once the budget of the failure table is spent', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['aws: throttles 99 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    expect(await failureOf(handle.result())).toMatchObject({ type: 'AwsThrottled' });
    expect(count(await historyOf(rehearsal, handle.workflowId), 'ACTIVITY_TASK_FAILED')).toBe(8);
  });
});
