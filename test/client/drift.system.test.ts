import { Connection } from '@temporalio/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addDrift } from '../../client/commands/drift.js';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { prepareNamespace } from '../../installation/temporal-server/prepare-namespace.js';
import { searchAttributes } from '../../workflows/contract/search-attributes.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { up } from '../workflows/machines.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { runCommand, type CommandEnd } from './run-command.js';

async function aRehearsal(): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml', worker: false });
  const connection = await Connection.connect({ address: rehearsal.target.temporal.address });
  onTestFinished(() => connection.close());
  await prepareNamespace(connection, { namespace: 'default', searchAttributes, retentionDays: 1 }, 30_000);
  await rehearsal.startWorker();
  await until(async () => (await recentWorkers(rehearsal.env.client, taskQueue, 'workflow')).length > 0);
  return rehearsal;
}

function drift({ target }: SimulatedRehearsal, ...args: readonly string[]): Promise<CommandEnd> {
  return runCommand(target, addDrift, ['drift', ...args]);
}

/** How many checks Temporal's list has with this result. */
async function checksWith({ env }: SimulatedRehearsal, verdict: string): Promise<number> {
  const query = `WorkflowType = 'checkDrift' AND GroundswellDrift = '${verdict}'`;
  return (await env.client.workflow.count(query)).count;
}

describe('drift', () => {
  it('ends with 3 while something differs and with 0 when nothing does, and each result can be searched for', async () => {
    const rehearsal = await aRehearsal();
    const { cluster } = rehearsal;

    const missing = await drift(rehearsal);
    await up(rehearsal);
    const settled = await drift(rehearsal);
    const json = await drift(rehearsal, '--json');
    rehearsal.world.things.instances.splice(0);
    const lost = await drift(rehearsal);

    expect(missing).toMatchObject({ exitCode: 3 });
    expect(missing.stdout).toMatch(/nodes\n {2}k8s-master: no instance with our tags\n/);
    expect(settled).toMatchObject({ exitCode: 0, stdout: `0 differences between cluster ${cluster} and its spec\n` });
    expect(JSON.parse(json.stdout)).toMatchObject({ cluster, count: 0, differences: [] });
    expect(lost.exitCode).toBe(3);
    expect(lost.stdout).toContain('its state is lost with its control plane k8s-master');
    await until(
      async () => (await checksWith(rehearsal, 'none')) === 2 && (await checksWith(rehearsal, 'found')) === 2,
    );
  });

  it('is made regularly by one schedule, which is shown, changed and deleted', async () => {
    const rehearsal = await aRehearsal();
    const { cluster, env } = rehearsal;

    const none = await drift(rehearsal, '--schedule');
    const made = await drift(rehearsal, '--every', '1h');
    const shown = async () => drift(rehearsal, '--schedule', '--json');
    await until(async () => (await shown()).stdout.includes('"report"'), 60_000);
    const text = await drift(rehearsal, '--schedule');
    const changed = await drift(rehearsal, '--every', '30m');
    const { spec, policies } = await env.client.schedule.getHandle(`drift/${cluster}`).describe();
    const ended = await drift(rehearsal, '--off');
    const again = await drift(rehearsal, '--off');

    expect(none).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no schedule checks it') as string });
    expect(made.stdout).toContain(`cluster ${cluster}: checked every 1h from now on`);
    expect(text.exitCode).toBe(3);
    expect(text.stdout).toMatch(/a schedule checks it every 1h, the next time at \d{4}-/);
    expect(text.stdout).toMatch(/last check, at \S+:\n\d+ differences between cluster/);
    expect(changed.stdout).toContain('its schedule was there already');
    expect(spec.intervals?.map(({ every }) => every)).toEqual([30 * 60_000]);
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 });
    expect(ended.stdout).toContain('no schedule checks it any more');
    expect(again.stdout).toContain('no schedule checked it');
    expect(rehearsal.effects()).toEqual([]);
  });

  it('shows why the last check of the schedule failed, with the exit code of that failure', async () => {
    const rehearsal = await aRehearsal();
    await up(rehearsal);
    for (const instance of rehearsal.world.things.instances) instance.sshAtMs = Infinity;

    await drift(rehearsal, '--every', '1d');
    const failed = async () => (await drift(rehearsal, '--schedule', '--json')).stdout.includes('ClusterUnseen');
    await until(failed, 120_000);
    const shown = await drift(rehearsal, '--schedule');

    expect(shown.exitCode).toBe(7);
    expect(shown.stdout).toContain('mend what hides the control plane');
  });
});
