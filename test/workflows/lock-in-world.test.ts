import { join as joinPath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../installation/config.js';
import { applyWorkflowId } from '../../model/names/workflow-ids.js';
import { pauseUpdate, resolveUpdate, resumeUpdate } from '../../workflows/contract/messages.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { RolloutError } from '../../model/rollout-error.js';
import { historyOf } from './observed.js';
import { lockOf, parkedOf, resolve, untilParked } from './locked.js';
import { failureOf, refusalOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';
import { workflowBundle } from './workflow-bundle.js';

const spec = 'examples/three-nodes.yaml';
const join = 'node/k8s-redis/join';
const joinFails = ['k8s-redis: join fails 3 times'];
const patienceMs = 120_000;

/** A Temporal server, with pauses of a second before retries; beside another one it shares its world. */
async function aTemporal(options: { readonly faults?: readonly string[]; readonly beside?: SimulatedRehearsal } = {}) {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec, worker: false, ...options });
  await rehearsal.startWorker(await workflowBundle(joinPath(root, 'test/rehearsal/short-pauses.ts')));
  return rehearsal;
}

/** Who has the cluster in the world; fails when nobody has. */
function theLock({ world }: SimulatedRehearsal) {
  const lock = world.things.locks.get('three');
  if (lock === undefined) throw new Error('expected somebody to have the cluster');
  return lock;
}

async function untilJoinParked(rehearsal: SimulatedRehearsal): Promise<void> {
  await until(async () => (await parkedOf(rehearsal)).some(({ step }) => step === join), patienceMs);
}

describe('two Temporals with one cluster', () => {
  it('roll it out once: the second one says who is at it, before anything is made and before anybody is asked', async () => {
    const first = await aTemporal();
    const held = first.gates.hold('k8s-redis', 'join');
    const run = await first.rollOut({ approve: true, by: 'kim' });
    await until(() => held.reached(), patienceMs);
    const second = await aTemporal({ beside: first });
    const before = first.effects();

    const failure = await failureOf((await second.rollOut({})).result());

    const { runId } = await lockOf(first).describe();
    expect(failure.type).toBe('HeldElsewhere');
    expect(failure.message).toMatch(
      `run ${runId} of cluster/three, namespace default at ${first.target.temporal.address}`,
    );
    expect(failure.message).toMatch(
      /since \d{4}-\S+Z \(kim\); expected the end of that run, or \{"takeOver": "lt-\w+"\}/,
    );
    expect(first.effects()).toEqual(before);
    held.release();
    expect(await run.result()).toMatchObject({ outcome: 'done' });
    expect(await (await second.rollOut({})).result()).toMatchObject({ outcome: 'nothing to do' });
    expect(first.effects('RunInstances')).toHaveLength(3);
  });

  it('that begin in the same second, with nothing there yet, make one of everything', async () => {
    const first = await aTemporal();
    const second = await aTemporal({ beside: first });
    const held = first.gates.hold('k8s-master', 'prepare');
    const runs = await Promise.all([first, second].map((temporal) => temporal.rollOut({ approve: true })));
    const results = runs.map((run) => run.result());
    const failed = await Promise.any(results.map(failureOf));
    await until(() => held.reached(), patienceMs);
    held.release();

    expect(failed).toMatchObject({ type: 'HeldElsewhere' });
    expect(await Promise.any(results)).toMatchObject({ outcome: 'done' });
    expect(first.effects('CreateVpc', 'ImportKeyPair')).toHaveLength(2);
    expect(first.effects('RunInstances')).toHaveLength(3);
    expect(first.world.things.locks.size).toBe(0);
  });

  it('tell who plans that the other one has it', async () => {
    const first = await aTemporal();
    const held = first.gates.hold('k8s-redis', 'join');
    const run = await first.rollOut({ approve: true, by: 'kim' });
    await until(() => held.reached(), patienceMs);
    const second = await aTemporal({ beside: first });
    const planned = (temporal: SimulatedRehearsal): Promise<unknown> =>
      temporal.client.execute('planCluster', { taskQueue, workflowId: 'a-plan', args: [] });

    expect(await planned(second)).toMatchObject({ heldBy: { id: theLock(first).id, holder: { by: 'kim' } } });
    expect(await planned(first)).not.toHaveProperty('heldBy');
    held.release();
    await run.result();
  });
});

describe('a Temporal that is gone for good', () => {
  it('leaves its cluster to who names its lock, and to nobody else', async () => {
    const first = await aTemporal();
    const held = first.gates.hold('k8s-redis', 'join');
    await first.rollOut({ approve: true });
    await until(() => held.reached(), patienceMs);
    await first.endWorker();
    const { id } = theLock(first);
    const second = await aTemporal({ beside: first });

    for (const takeOver of ['lt-f', 'lt-0']) {
      const failure = await failureOf((await second.rollOut({ approve: true, takeOver })).result());
      expect(failure).toMatchObject({ type: 'HeldElsewhere', message: expect.stringContaining(`found "${takeOver}"`) });
    }
    held.release();

    const taken = await second.rollOut({ approve: true, takeOver: id });
    expect(await taken.result()).toMatchObject({ outcome: 'done' });
    expect(first.world.things.locks.size).toBe(0);
    expect(first.effects('RunInstances')).toHaveLength(3);
  });

  it('and comes back does not go on by an answer of a person: the run that lost its lock stops, and says why', async () => {
    const first = await aTemporal({ faults: joinFails });
    const run = await first.rollOut({ approve: true });
    await untilJoinParked(first);
    const second = await aTemporal({ beside: first });
    const held = first.gates.hold('k8s-redis', 'join');
    const taken = await second.rollOut({ approve: true, by: 'lee', takeOver: theLock(first).id });
    await until(() => held.reached(), patienceMs);

    const refusal = await refusalOf(resolve(first, { step: join, action: 'retry' }));

    expect(refusal).toMatch(/^cluster three: this run lost the lock to another Temporal, and stops: run .* \(lee\)$/);
    expect(await run.result()).toMatchObject({
      outcome: 'stopped',
      stoppedBy: { reason: refusal },
    });
    held.release();
    expect(await taken.result()).toMatchObject({ outcome: 'done' });
  });
});

describe('the lock in the world', () => {
  const aRun = async (faults: readonly string[] = []) => {
    const rehearsal = await aSimulatedRehearsal({ spec, faults });
    return { rehearsal, run: await rehearsal.rollOut({ approve: true }) };
  };
  const aParkedRun = async () => {
    const { rehearsal, run } = await aRun(joinFails);
    await untilParked(rehearsal, join);
    expect(theLock(rehearsal)).toMatchObject({ holder: { runId: (await lockOf(rehearsal).describe()).runId } });
    return { rehearsal, run };
  };

  it.each([
    ['done', (rehearsal: SimulatedRehearsal) => resolve(rehearsal, { step: join, action: 'retry' })],
    ['stopped', (rehearsal: SimulatedRehearsal) => lockOf(rehearsal).executeUpdate('stop', { args: [{}] })],
    ['cancelled', (rehearsal: SimulatedRehearsal) => lockOf(rehearsal).cancel()],
    ['aborted', (rehearsal: SimulatedRehearsal) => resolve(rehearsal, { step: join, action: 'abort' })],
  ] as const)('is left by a run that is %s', async (_, end) => {
    const { rehearsal, run } = await aParkedRun();
    await end(rehearsal);
    await run.result().catch(() => undefined);

    expect(rehearsal.world.things.locks.size).toBe(0);
  });

  it('stays with a run that was terminated, and goes to the next run of the same Temporal without a word', async () => {
    const { rehearsal, run } = await aParkedRun();
    const { id } = theLock(rehearsal);
    await lockOf(rehearsal).terminate('of the test');
    await run.result().catch(() => undefined);
    expect(theLock(rehearsal).id).toBe(id);

    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.world.things.locks.size).toBe(0);
  });

  it('is taken again before an answer goes on, where somebody removed it', async () => {
    const { rehearsal, run } = await aParkedRun();
    rehearsal.world.things.locks.clear();
    const args = [{ reason: 'of the test', by: 'kim' }] as const;
    await lockOf(rehearsal).executeUpdate(pauseUpdate, { args: [...args] });
    await lockOf(rehearsal).executeUpdate(resumeUpdate, { args: [...args] });
    expect(theLock(rehearsal)).toMatchObject({ holder: { runId: (await lockOf(rehearsal).describe()).runId } });

    await resolve(rehearsal, { step: join, action: 'retry' });
    expect(await run.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.world.things.locks.size).toBe(0);
  });

  it('is answered for once: of two answers to one step that come together, the second is told of the first', async () => {
    const { rehearsal, run } = await aParkedRun();
    const answer = (by: string) =>
      lockOf(rehearsal).executeUpdate(resolveUpdate, { args: [{ step: join, action: 'retry', reason: 'mended', by }] });
    const outcomes = await Promise.allSettled([answer('kim'), answer('lee')]);

    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await run.result()).toMatchObject({ outcome: 'done' });
  });

  it('that cannot be left changes nothing of how the run ended', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec });
    const deleteLock = () =>
      Promise.reject(new RolloutError('AwsDenied', 'DeleteLaunchTemplate: UnauthorizedOperation'));
    Object.assign(rehearsal.systems.ec2Lock, { deleteLock });

    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(theLock(rehearsal).holder?.runId).toBe((await lockOf(rehearsal).describe()).runId);
  });

  it('costs a run two activities, however long it waits for a person', async () => {
    const { rehearsal, run } = await aParkedRun();
    const before = await historyOf(rehearsal, applyWorkflowId('three'));
    await rehearsal.env.sleep('14 days');
    expect(await historyOf(rehearsal, applyWorkflowId('three'))).toHaveLength(before.length);

    await run.cancel();
    await run.result();
    const history = JSON.stringify(await historyOf(rehearsal, applyWorkflowId('three')));
    expect(history.match(/"activityType":\{"name":"(take|leave)WorldLock"/g)).toHaveLength(2);
  });

  it('is not needed where a run changes nothing, or only verifies, also while another Temporal has the cluster', async () => {
    const { rehearsal, run } = await aRun();
    await run.result();
    const before = rehearsal.effects().length;
    const elsewhere = { namespaceId: 'another', place: 'elsewhere', runId: 'run', by: 'lee' };
    rehearsal.world.things.locks.set('three', { id: 'lt-1', since: 'today', holder: elsewhere });

    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'nothing to do' });
    expect(await (await rehearsal.rollOut({ verify: true })).result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects()).toHaveLength(before);
  });
});
