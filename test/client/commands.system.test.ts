import { describe, expect, it } from 'vitest';
import { addApprove } from '../../client/commands/approve.js';
import { addLogs } from '../../client/commands/logs.js';
import { addStatus } from '../../client/commands/status.js';
import { addStop } from '../../client/commands/stop.js';
import { addWatch } from '../../client/commands/watch.js';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { openFrontDoors } from '../../client/runs/front-doors.js';
import type { FrontDoorStatus } from '../../model/status/status.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import {
  aSimulatedRehearsal,
  until,
  type FrontDoorHandle,
  type SimulatedRehearsal,
} from '../workflows/simulated-worker.js';
import { captured } from './captured-streams.js';
import { runCommand } from './run-command.js';

async function aRehearsal(): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml' });
  await until(async () => (await recentWorkers(rehearsal.env.client, taskQueue, 'workflow')).length > 0);
  return rehearsal;
}

async function waiting(rehearsal: SimulatedRehearsal, id: string): Promise<FrontDoorHandle> {
  const handle = await rehearsal.rollOut({}, id);
  await until(async () => (await handle.query<FrontDoorStatus>('status')).phase === 'waiting for approval');
  await until(async () => (await openFrontDoors(rehearsal.env.client)).some((door) => door.id === id && door.cluster));
  return handle;
}

describe('approve', () => {
  it('shows the plan before it asks, takes a no for a no, and the digest in capitals', async () => {
    const rehearsal = await aRehearsal();
    const handle = await waiting(rehearsal, 'one');
    const { planDigest = '' } = await handle.query<FrontDoorStatus>('status');
    const approve = (args: readonly string[], answer?: boolean) =>
      runCommand(rehearsal.target, addApprove, ['approve', ...args], captured(), answer);

    const listed = await approve([]);
    const refused = await approve([planDigest.slice(0, 12).toUpperCase()], false);
    const phase = (await handle.query<FrontDoorStatus>('status')).phase;
    const approved = await approve([planDigest.slice(0, 12).toUpperCase()], true);

    for (const { stdout } of [listed, refused, approved]) {
      expect(stdout).toContain('nodes from ');
      expect(stdout).toContain('      t3.medium in ');
    }
    expect(refused).toMatchObject({
      exitCode: 4,
      stdout: expect.stringContaining('not approved; the plan still waits'),
    });
    expect(phase).toBe('waiting for approval');
    expect(approved).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`plan ${planDigest.slice(0, 12)} approved`),
    });
    expect((await handle.result()).outcome).toBe('done');
  });
});

describe('stop', () => {
  it('guesses not which of several is meant, stops the named one and no other, and all of them when told', async () => {
    const rehearsal = await aRehearsal();
    const [first, second] = [await waiting(rehearsal, 'first'), await waiting(rehearsal, 'second')];
    const stop = (...args: readonly string[]) =>
      runCommand(rehearsal.target, addStop, ['stop', '--reason', 'a test', ...args]);

    const unclear = await stop();
    const unknown = await stop('third');
    const named = await stop('second');
    const ended = await second.result();
    const phase = (await first.query<FrontDoorStatus>('status')).phase;
    const all = await stop('--all');

    expect(unclear).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/2 roll-outs of cluster \S+ are open: .*first.*; name one of them, or add --all/),
    });
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no open roll-out of cluster') });
    expect(named).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('stopping second;') });
    expect([ended.outcome, ended.stoppedBy?.reason]).toEqual(['stopped', 'a test']);
    expect(phase).toBe('waiting for approval');
    expect(all.stdout).toContain('stopping first;');
    expect((await first.result()).outcome).toBe('stopped');
  });
});

describe('a cluster that nobody has heard of', () => {
  const commands = [
    [addStatus, ['status']],
    [addWatch, ['watch']],
    [addStop, ['stop', '--reason', 'a test']],
    [addLogs, ['logs', 'node/k8s-master/init']],
  ] as const;

  it('is refused by every command, and those that are known are named', async () => {
    const rehearsal = await aRehearsal();
    await (await rehearsal.rollOut({ approve: true })).result();

    for (const [add, args] of commands) {
      const { exitCode, stderr } = await runCommand(rehearsal.target, add, [...args, '--cluster', 'typo']);

      expect([args[0], exitCode]).toEqual([args[0], 1]);
      expect(stderr).toContain(`cluster typo: the server knows no roll-out of it; it knows: ${rehearsal.cluster}`);
    }
  });
});
