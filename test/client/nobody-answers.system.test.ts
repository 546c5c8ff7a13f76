import { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../client/cli/run-cli.js';
import { root } from '../../installation/config.js';
import { cacheFolder, readEnvironment } from '../../installation/environment.js';
import { readTarget } from '../../installation/target.js';
import { resolveTemporalCli } from '../../installation/temporal-server/resolve-temporal-cli.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { captured } from './captured-streams.js';

// the commands of a clone in which a rehearsal runs are about that rehearsal
const rehearsal = await readTarget(root);
const skipped = rehearsal === undefined ? '' : ' (skipped: a rehearsal runs in this clone; npm run rehearsal:down)';

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [captured(), captured()];
  const exitCode = await runCli(args, { stdout, stderr, color: false, canAsk: false });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

const answer = ['resolve', 'node/k8s-redis/join', 'retry', '--reason', 'mended'] as const;
const commands: readonly (readonly string[])[] = [
  ['status'],
  ['status', '--cluster', 'typo'],
  ['watch'],
  ['plan'],
  ['drift'],
  ['drift', '--schedule'],
  ['up', '--yes'],
  [...answer],
  ['approve'],
  ['pause', '--reason', 'lunch'],
  ['resume', '--reason', 'lunch'],
  ['stop', '--reason', 'lunch'],
  ['report'],
  ['logs', 'node/k8s-redis/join'],
];

describe.skipIf(rehearsal !== undefined)(`a command${skipped}`, () => {
  afterAll(() => vi.unstubAllEnvs());

  describe('without a server', () => {
    beforeAll(() => {
      vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
    });

    it.each(commands)('%s says which one is meant and what to type, with exit code 5', async (...args) => {
      const { exitCode, stdout, stderr } = await run(...args);
      expect(exitCode).toBe(5);
      expect(stdout).toBe('');
      expect(stderr).toContain('Temporal at 127.0.0.1:1: no answer within 5 s');
      expect(stderr).toContain('npx groundswell doctor');
    });
  });

  describe('without a worker', () => {
    let env: TestWorkflowEnvironment;

    beforeAll(async () => {
      const { path } = await resolveTemporalCli({ cacheDir: cacheFolder(readEnvironment()), onLine: () => undefined });
      env = await TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'existing-path', path } } });
      vi.stubEnv('TEMPORAL_ADDRESS', env.address);
      vi.stubEnv('TEMPORAL_NAMESPACE', env.namespace ?? 'default');
      await env.client.workflow.start('rollOutCluster', { workflowId: 'a-roll-out', taskQueue, args: [{}] });
    });
    afterAll(() => env.teardown());

    it.each([
      ['plan'],
      ['drift'],
      ['up', '--yes'],
      [...answer],
      ['approve'],
      ['pause', '--reason', 'lunch'],
      ['resume', '--reason', 'lunch'],
    ])('%s says so and how to start one, with exit code 5', async (...args) => {
      const { exitCode, stderr } = await run(...args);
      expect(exitCode).toBe(5);
      expect(stderr).toMatch(/no worker (polls|answers on) the task queue groundswell/);
      expect(stderr).toContain('npx groundswell worker');
    });

    it('status shows what the server itself knows, says that this is less than everything, and ends with 5', async () => {
      const { exitCode, stdout } = await run('status');
      expect(exitCode).toBe(5);
      expect(stdout).toMatch(/no worker (?:polls|answers on) the task queue groundswell: the Temporal server alone/);
      expect(stdout).toContain('npx groundswell worker starts one');
      expect(stdout).toContain('a-roll-out');
    });

    it('up starts nothing that would wait in silence', async () => {
      await run('up', '--yes');
      const open: string[] = [];
      for await (const { workflowId } of env.client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
        open.push(workflowId);
      }
      expect(open).toEqual(['a-roll-out']);
    });

    /** Takes a task that waits, and is never heard of again: the server remembers it for a while. */
    async function aWorkerThatIsGone(): Promise<void> {
      const { workflowService } = env.client;
      const poll = { namespace: env.namespace ?? 'default', taskQueue: { name: taskQueue }, identity: 'gone' };
      await env.client.withDeadline(Date.now() + 60_000, () => workflowService.pollWorkflowTaskQueue(poll));
    }

    it('plan says that nobody takes it up, where the server still remembers a worker that is gone', async () => {
      await aWorkerThatIsGone();
      const stderr = captured();
      const planned = runCli(['plan'], { stdout: captured(), stderr, color: false, canAsk: false });
      await vi.waitFor(() => {
        expect(stderr.text()).toContain('planning: no worker has taken it up yet → npx groundswell worker');
      }, 60_000);
      for await (const { workflowId } of env.client.workflow.list({ query: "WorkflowType = 'planCluster'" })) {
        await env.client.workflow.getHandle(workflowId).terminate();
      }
      expect(await planned).toBe(1);
    });

    it('pause says that nobody answers, where the server still remembers a worker that is gone', async () => {
      const args = [{}];
      const lock = await env.client.workflow.start('applyPlan', { workflowId: 'cluster/ecoeco', taskQueue, args });
      await aWorkerThatIsGone();
      const stderr = captured();
      const paused = runCli(['pause', '--reason', 'lunch'], {
        stdout: captured(),
        stderr,
        color: false,
        canAsk: false,
      });
      await vi.waitFor(() => {
        expect(stderr.text()).toContain('no worker has answered yet; it answers as soon as one polls');
        expect(stderr.text()).toContain('→ npx groundswell worker');
      }, 60_000);
      await lock.terminate();
      expect(await paused).toBe(1);
    });

    it('stop reaches the run all the same: the next worker ends it', async () => {
      const { exitCode, stdout } = await run('stop', '--reason', 'nobody is there');
      expect(exitCode).toBe(0);
      expect(stdout).toContain('stopping a-roll-out');
    });
  });
});
