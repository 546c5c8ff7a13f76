import { describe, expect, it } from 'vitest';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { addUp } from '../../client/commands/up.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { parkedOf } from '../workflows/locked.js';
import { aSimulatedRehearsal, until } from '../workflows/simulated-worker.js';
import { runCommand } from './run-command.js';

describe('up --no-wait behind a roll-out that is parked', () => {
  it('ends with exit code 6 and says on what the other one waits', async () => {
    const faults = ['k8s-redis: join fails 3 times'];
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml', faults });
    const handle = await rehearsal.rollOut({ approve: true });
    await until(async () => (await parkedOf(rehearsal)).length > 0, 120_000);
    await until(async () => (await recentWorkers(rehearsal.env.client, taskQueue, 'workflow')).length > 0);

    const { exitCode, stdout } = await runCommand(rehearsal.target, addUp, ['up', '--no-wait', '--yes']);
    await handle.terminate();

    expect(stdout).toContain('; that run is parked on node/k8s-redis/join and waits for a person');
    expect(stdout).toContain('the run waits for a person; npx groundswell status shows why');
    expect(exitCode).toBe(6);
  });
});
