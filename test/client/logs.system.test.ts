import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { addLogs } from '../../client/commands/logs.js';
import { startDetached } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import type { Target } from '../../installation/target.js';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { workflowBundle } from '../workflows/workflow-bundle.js';
import { runCommand } from './run-command.js';

const step = 'node/k8s-redis/join';
const aRehearsal = (faults: readonly string[], worker = true) =>
  aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml', faults, worker });
const logs = ({ target }: Pick<SimulatedRehearsal, 'target'>, ...args: readonly string[]) =>
  runCommand(target, addLogs, ['logs', ...args]);

const Json = z.object({
  runs: z.array(
    z.object({
      number: z.number(),
      attempt: z.number(),
      state: z.string(),
      changedTasks: z.number().optional(),
      log: z.string().optional(),
      text: z.string().optional(),
    }),
  ),
});

async function jsonOf(rehearsal: SimulatedRehearsal, ...args: readonly string[]) {
  const { stdout } = await logs(rehearsal, ...args, '--json');
  return Json.parse(JSON.parse(stdout)).runs;
}

describe('logs, with a real Temporal server', () => {
  it('lists every try of a step that failed twice, and shows the last one, an older one or all', async () => {
    const rehearsal = await aRehearsal(['k8s-redis: join fails twice']);
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });

    const last = await logs(rehearsal, step);
    const first = await logs(rehearsal, step, '--run', '1');
    const all = await logs(rehearsal, step, '--all');
    const none = await logs(rehearsal, step, '--run', '4');

    expect(last.exitCode).toBe(0);
    expect(last.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^ {2}1 {2}20\S+Z +0:\d\d {2}node\/k8s-redis\/join {2}failed: KubeadmFailed: .* sha256:\w{12}$/,
      ),
      expect.stringMatching(/^ {2}2 .*failed: KubeadmFailed: /),
      expect.stringMatching(/^ {2}3 .*done, 1 change {2}sha256:\w{12}$/),
    ]);
    expect(last.stdout).toContain('playbook join on k8s-redis');
    expect(last.stdout).toMatch(/node_join_token: \*\*\* \[simulated\]\n.* done \(1 tasks changed, 3 ok\)/);
    expect(first.stdout).toContain('failed: KubeadmFailed: k8s-redis: join failed');
    expect(all.stdout.match(/^── run \d: .*$/gm)).toHaveLength(3);
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no run 4; the list has 3') });

    const runs = await jsonOf(rehearsal, step, '--run', '2');
    expect(runs.map(({ state, attempt, text }) => [state, attempt, text === undefined])).toEqual([
      ['failed', 1, true],
      ['failed', 1, false],
      ['done', 1, true],
    ]);
    expect(runs.every(({ log }) => /^sha256:[0-9a-f]{64}$/.test(log ?? ''))).toBe(true);
  });

  it('says what exists when nothing is found', async () => {
    const rehearsal = await aRehearsal([]);
    const before = await logs(rehearsal, step);
    await (await rehearsal.rollOut({ approve: true })).result();
    await (await rehearsal.rollOut({ approve: true })).result();

    const ofNode = await logs(rehearsal, 'node/k8s-master/join');
    const unknown = await logs(rehearsal, 'node/k8s-rediss/join');
    const unit = await logs(rehearsal, 'wave/0/redis');
    const noUnit = await logs(rehearsal, 'rediss');
    const network = await logs(rehearsal, 'network/vpc');
    const node = await logs(rehearsal, 'node/k8s-master');

    expect(before).toMatchObject({
      exitCode: 1,
      stdout: `${step}: the server has no Ansible run of it in cluster three; no node has been rolled out yet\n`,
    });
    expect(ofNode).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(
        'of this node: node/k8s-master/prepared (1), node/k8s-master/init (1), node/k8s-master/cni (1)',
      ),
    });
    expect(unknown.stdout).toContain('rolled-out nodes: k8s-api-auth, k8s-master, k8s-redis');
    expect(unit).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no Kubernetes API to reach') });
    expect(noUnit).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('rediss is not a unit of the spec') });
    expect(network).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('network/vpc has no log') });
    expect(node.stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(node.stdout).toContain('playbook cni on k8s-master');
  });

  it('shows what there is so far of a run in progress, and keeps it when the roll-out is terminated', async () => {
    const rehearsal = await aRehearsal(['k8s-redis: join takes 600 s']);
    await rehearsal.rollOut({ approve: true });
    await until(async () => (await logs(rehearsal, step)).stdout.includes('node_join_token'), 60_000);

    const running = await logs(rehearsal, step);
    await rehearsal.client.getHandle(nodeWorkflowId('three', 'k8s-redis')).terminate();
    const ended = await logs(rehearsal, step);

    expect(running.exitCode).toBe(0);
    expect(running.stderr).toMatch(/^ {2}1 .* running/m);
    expect(running.stdout).toContain('node_join_token: ***');
    expect(ended.stderr).toMatch(/^ {2}1 .* cut off: the run was terminated/m);
    expect(ended.stdout).toContain('node_join_token: ***');
  });

  it('finds the log of a worker that was killed, as far as it came, beside that of the one that went on', async () => {
    const rehearsal = await aRehearsal(['k8s-redis: join takes 40 s'], false);
    const killed = await startKillableWorker(rehearsal);
    const handle = await rehearsal.rollOut({ approve: true });
    await until(async () => (await logs(rehearsal, step)).stdout.includes('playbook join on k8s-redis'), 90_000);

    process.kill(killed, 'SIGKILL');
    await rehearsal.startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'done' });

    const runs = await jsonOf(rehearsal, step, '--all');
    expect(runs.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['cut off', 1],
      ['done', 2],
    ]);
    expect(runs[0]?.log).toBeUndefined();
    expect(runs[0]?.text).toMatch(/playbook join on k8s-redis/);
    expect(runs[1]?.text).toMatch(/ done \(1 tasks changed/);
  });

  it('says on which machine a log is that neither this one has nor the worker that was asked', async () => {
    const rehearsal = await aRehearsal([]);
    await (await rehearsal.rollOut({ approve: true })).result();
    await rm(rehearsal.target.artifacts, { recursive: true });
    const elsewhere = await mkdtemp(join(tmpdir(), 'groundswell-elsewhere-'));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    const target: Target = { ...rehearsal.target, artifacts: elsewhere };

    const { exitCode, stdout, stderr } = await logs({ target }, step);

    expect(exitCode).toBe(0);
    expect(stderr).toContain('done, 1 change');
    expect(stdout).toContain(`not in the folder ${rehearsal.target.artifacts} of`);
    expect(stdout).toContain(`the log is on ${hostname()} (worker ${process.pid}@${hostname()})`);
    expect(stdout).toContain('GROUNDSWELL_ARTIFACTS');
  });
});

async function startKillableWorker(rehearsal: SimulatedRehearsal): Promise<number> {
  const { codePath } = await workflowBundle();
  const target = { ...rehearsal.target, simulatedOutside: rehearsal.outsideUrl };
  const file = join(root, 'test/workflows/worker-process.ts');
  const pid = startDetached(process.execPath, ['--import', 'tsx', file, JSON.stringify(target), codePath], {
    cwd: root,
    logFile: join(dirname(rehearsal.target.spec), 'worker.log'),
  });
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it was killed, as it should be
    }
  });
  return pid;
}
