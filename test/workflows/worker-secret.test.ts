import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { secretFingerprint } from '../../systems/ssh/secret-fingerprint.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { planCluster } from '../../workflows/index.js';
import { parkedOf, resolve } from './locked.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

const [another, anotherFingerprint] = ['b'.repeat(64), secretFingerprint('b'.repeat(64))];

async function aRolledOutCluster(): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
  expect(await (await rehearsal.rollOut({ approve: true }, 'first')).result()).toMatchObject({ outcome: 'done' });
  return rehearsal;
}
const secretOf = async ({ target }: SimulatedRehearsal): Promise<string> =>
  (await readFile(target.workerSecretFile, 'utf8')).trim();
const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
const remembered = ({ world }: SimulatedRehearsal): string | undefined =>
  world.things.parts.find(({ kind }) => kind === 'vpc')?.workerSecret;
/** Takes the fingerprint away, as from a VPC that an earlier build made. */
function forget({ world: { things } }: SimulatedRehearsal): void {
  const at = things.parts.findIndex(({ kind }) => kind === 'vpc');
  const { workerSecret: _, ...vpc } = things.parts[at]!;
  things.parts[at] = vpc;
}
/** What a roll-out and a plan fail with; both shall say the same. */
async function refusedWith(
  rehearsal: SimulatedRehearsal,
): Promise<{ readonly type: string; readonly message: string }> {
  const before = rehearsal.effects();
  const rolledOut = await failureOf((await rehearsal.rollOut({ approve: true }, 'again')).result());
  const options = { taskQueue, workflowId: 'plan-again', args: [{}] satisfies [object] };
  expect(await failureOf(rehearsal.client.execute<typeof planCluster>('planCluster', options))).toEqual(rolledOut);
  expect(rehearsal.effects()).toEqual(before);
  return rolledOut;
}

describe('the worker secret of a new cluster', () => {
  it('is made with its VPC and not before: a plan makes nothing', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const { workerSecretFile } = rehearsal.target;
    await rehearsal.client.execute<typeof planCluster>('planCluster', { taskQueue, workflowId: 'p', args: [{}] });
    expect(await exists(workerSecretFile)).toBe(false);

    await (await rehearsal.rollOut({ approve: true })).result();

    expect(remembered(rehearsal)).toBe(secretFingerprint(await secretOf(rehearsal)));
  });
});

describe('a second worker with another secret', () => {
  it('is told so in one sentence, with both fingerprints and the file; no host is called a stranger', async () => {
    const rehearsal = await aRolledOutCluster();
    const expected = secretFingerprint(await secretOf(rehearsal));
    await writeFile(rehearsal.target.workerSecretFile, another);

    const { type, message } = await refusedWith(rehearsal);

    expect(type).toBe('WorkerSecretWrong');
    expect(message).toMatch(new RegExp(`^cluster three: expected .* ${expected}, which vpc-\\w+ remembers; found .*$`));
    expect(message).toContain(`found ${anotherFingerprint} in ${rehearsal.target.workerSecretFile}`);
    expect(remembered(rehearsal)).toBe(expected);
  });

  it('parks the steps that it takes in the middle of a run, and goes on when it was brought the right one', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml' });
    const prepare = rehearsal.gates.hold('k8s-redis', 'prepare');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => prepare.reached());
    const right = await secretOf(rehearsal);

    await rehearsal.endWorker();
    await writeFile(rehearsal.target.workerSecretFile, another);
    prepare.release();
    await rehearsal.startWorker();
    const parked = async () => (await parkedOf(rehearsal)).map(({ step }) => step);
    await until(async () => (await parked()).includes('node/k8s-redis/prepared'));

    const kinds = (await parkedOf(rehearsal)).map(({ failure }) => failure?.type);
    expect(new Set(kinds)).toEqual(new Set(['WorkerSecretWrong']));
    await writeFile(rehearsal.target.workerSecretFile, right);
    await until(async () => {
      for (const { step } of await parkedOf(rehearsal)) await resolve(rehearsal, { step, action: 'retry' });
      return (await handle.describe()).status.name !== 'RUNNING';
    });
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('RunInstances')).toHaveLength(3);
  });
});

describe('a lost worker secret beside instances that live', () => {
  it('is told in one sentence, and no other one is made', async () => {
    const rehearsal = await aRolledOutCluster();
    const expected = secretFingerprint(await secretOf(rehearsal));
    await rm(rehearsal.target.workerSecretFile);

    const { type, message } = await refusedWith(rehearsal);

    expect(type).toBe('WorkerSecretMissing');
    expect(message).toContain(expected);
    expect(message).toContain(`found none in ${rehearsal.target.workerSecretFile}`);
    expect(await exists(rehearsal.target.workerSecretFile)).toBe(false);
  });

  it('is told as well where an earlier build left no fingerprint', async () => {
    const rehearsal = await aRolledOutCluster();
    forget(rehearsal);
    await rm(rehearsal.target.workerSecretFile);

    const { type, message } = await refusedWith(rehearsal);

    expect(type).toBe('WorkerSecretMissing');
    expect(message).toContain('k8s-master (i-');
    expect(await exists(rehearsal.target.workerSecretFile)).toBe(false);
  });

  it('is not made anew while the VPC remembers it, though no instance lives: another worker may have it', async () => {
    const rehearsal = await aRolledOutCluster();
    for (const instance of rehearsal.world.things.instances) instance.state = 'terminated';
    await rm(rehearsal.target.workerSecretFile);

    expect(await refusedWith(rehearsal)).toMatchObject({ type: 'WorkerSecretMissing' });
    expect(await exists(rehearsal.target.workerSecretFile)).toBe(false);
  });
});

describe('a cluster that an earlier build made', () => {
  it('is given the fingerprint of the secret that its control plane proves, as a change of the plan', async () => {
    const rehearsal = await aRolledOutCluster();
    forget(rehearsal);

    expect(await (await rehearsal.rollOut({ approve: true }, 'second')).result()).toMatchObject({
      outcome: 'done',
      changes: 1,
    });

    expect(remembered(rehearsal)).toBe(secretFingerprint(await secretOf(rehearsal)));
    expect(await (await rehearsal.rollOut({ approve: true }, 'third')).result()).toMatchObject({
      outcome: 'nothing to do',
    });
  });

  it('is never given the fingerprint of a wrong one', async () => {
    const rehearsal = await aRolledOutCluster();
    forget(rehearsal);
    await writeFile(rehearsal.target.workerSecretFile, another);

    expect(await refusedWith(rehearsal)).toMatchObject({ type: 'HostKeyChanged' });
    expect(remembered(rehearsal)).toBeUndefined();
  });
});
