import { describe, expect, it } from 'vitest';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { checkRuns } from '../../client/doctor/check-runs.js';
import { addApprove } from '../../client/commands/approve.js';
import { addResolve } from '../../client/commands/resolve.js';
import { addStatus } from '../../client/commands/status.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { alteredBundle, type Alteration } from '../workflows/altered-bundle.js';
import { lockOf, statusOf } from '../workflows/locked.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { runCommand } from './run-command.js';

const patienceMs = 120_000;

/** A worker whose build fails the task of a workflow, with a message of the test. */
async function aBrokenBuild(name: string, { file, from }: Pick<Alteration, 'file' | 'from'>) {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml', worker: false });
  const to = `if (Date.now() > 0) throw new ReferenceError('x is of the test');\n${from}`;
  await rehearsal.startWorker(await alteredBundle(name, { file, from, to }));
  await until(async () => (await recentWorkers(rehearsal.env.client, taskQueue, 'workflow')).length > 0);
  return rehearsal;
}

async function untilFailsAgain(rehearsal: SimulatedRehearsal, workflowId: string): Promise<void> {
  await until(async () => {
    const seen = await rehearsal.client
      .getHandle(workflowId)
      .describe()
      .catch(() => undefined);
    return (seen?.raw.pendingWorkflowTask?.attempt ?? 1) > 2;
  }, patienceMs);
}

describe('a run whose workflow task fails again and again', () => {
  it('is named with its message by status, doctor and resolve, and blinds approve about no other', async () => {
    const rehearsal = await aBrokenBuild('broken-lock', {
      file: 'apply-plan.ts',
      from: 'answerLockMessages(run);',
    });
    const handle = await rehearsal.rollOut({ approve: true }, 'broken');
    await rehearsal.rollOut({}, 'waiting');
    await untilFailsAgain(rehearsal, 'cluster/three');

    const status = await runCommand(rehearsal.target, addStatus, ['status', '--cluster', 'three']);
    const listed = await runCommand(rehearsal.target, addApprove, ['approve']);
    const answer = ['resolve', 'node/k8s-redis/join', 'retry', '--reason', 'mended', '--cluster', 'three'];
    const refused = await runCommand(rehearsal.target, addResolve, answer);
    const checks = await checkRuns(rehearsal.env.client);

    const named = /cluster\/three: its workflow task fails, \d+ times so far: x is of the test/;
    expect(status.stdout).toMatch(named);
    expect(status.stdout).toContain('temporal workflow terminate -w cluster/three');
    expect(status.stdout).not.toContain('no worker answers');
    expect(status.exitCode).toBe(6);
    expect(listed.stdout).toContain('waiting  three  ');
    expect(refused.stderr).toMatch(named);
    expect(refused.exitCode).toBe(6);
    expect(checks).toMatchObject([
      { state: 'missing', from: 'cluster/three', found: expect.stringContaining('x is of the test') },
    ]);

    // the way on: another build
    await rehearsal.endWorker();
    await rehearsal.startWorker();
    await expect(handle.result()).resolves.toMatchObject({ outcome: 'done' });
    await until(async () => (await checkRuns(rehearsal.env.client))[0]?.state === 'ok', patienceMs);
  });

  it('as a child is named, and the lock and all other children are shown', async () => {
    const rehearsal = await aBrokenBuild('broken-wave', {
      file: 'roll-out-wave.ts',
      from: 'const { wave } = input;',
    });
    await rehearsal.rollOut({ approve: true });
    await untilFailsAgain(rehearsal, 'cluster/three/wave/0');
    await until(async () => (await statusOf(rehearsal)).nodes.every(({ state }) => state === 'done'), patienceMs);

    const { stdout, exitCode } = await runCommand(rehearsal.target, addStatus, ['status', '--cluster', 'three']);

    expect(stdout).toMatch(/cluster\/three\/wave\/0: its workflow task fails, \d+ times so far: x is of the test/);
    expect(stdout).toContain('3/3 done');
    expect(exitCode).toBe(6);
    await lockOf(rehearsal).terminate('of the test');
  });
});
