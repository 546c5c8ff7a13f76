import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { recentWorkers } from '../../client/runs/ask-temporal.js';
import { addApprove } from '../../client/commands/approve.js';
import { addLogs } from '../../client/commands/logs.js';
import { addPlan } from '../../client/commands/plan.js';
import { addUp } from '../../client/commands/up.js';
import { readPlan } from '../../client/read-plan.js';
import type { KubernetesObject } from '../../model/kubernetes/kubernetes-object.js';
import { createFolderArtifacts } from '../../systems/artifacts/folder-artifacts.js';
import type { Target } from '../../installation/target.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { aPlan, aRenderedUnit, aSpec } from '../builders.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from '../workflows/simulated-worker.js';
import { runCommand } from './run-command.js';

/** The target of a machine that has the same Temporal and spec, and an artifact folder of its own: empty. */
async function elsewhere({ target }: SimulatedRehearsal): Promise<Target> {
  const artifacts = await mkdtemp(join(tmpdir(), 'groundswell-elsewhere-'));
  onTestFinished(async () => {
    expect(await readdir(artifacts)).toEqual([]);
    await rm(artifacts, { recursive: true, force: true });
  });
  return { ...target, artifacts };
}

async function aRehearsal(): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml' });
  // a command asks the server whether anybody polls, which it learns a moment after the worker has begun to
  await until(async () => (await recentWorkers(rehearsal.env.client, taskQueue, 'workflow')).length > 0);
  return rehearsal;
}

describe('the CLI beside a worker whose artifact store is on another machine', () => {
  it('shows the plan with plan and up, and approves it', async () => {
    const rehearsal = await aRehearsal();
    const target = await elsewhere(rehearsal);

    const plan = await runCommand(target, addPlan, ['plan']);
    const up = await runCommand(target, addUp, ['up', '--no-wait']);
    const digest = /npx groundswell approve ([0-9a-f]{7,})/.exec(up.stdout)?.[1] ?? '';
    const approve = await runCommand(target, addApprove, ['approve', digest]);
    const rest = await runCommand(target, addUp, ['up', '--yes']);

    expect(plan).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('+ k8s-master') });
    expect(up).toMatchObject({ exitCode: 6, stdout: expect.stringContaining('+ k8s-master') });
    expect(approve).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('approved') });
    expect(rest.exitCode).toBe(0);
    expect(rehearsal.effects('RunInstances')).toHaveLength(1);
  });

  it('shows the plan, approves it and follows it to its end with up --yes', async () => {
    const rehearsal = await aRehearsal();

    const up = await runCommand(await elsewhere(rehearsal), addUp, ['up', '--yes']);

    expect(up).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('+ k8s-master') });
    expect(rehearsal.effects('RunInstances')).toHaveLength(1);
  });

  it('shows the log of a step', async () => {
    const rehearsal = await aRehearsal();
    await (await rehearsal.rollOut({ approve: true })).result();

    const logs = await runCommand(await elsewhere(rehearsal), addLogs, ['logs', 'node/k8s-master/init']);

    expect(logs).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('playbook init on k8s-master') });
  });
});

describe('readPlan through a worker', () => {
  it('brings a plan that is larger than what Temporal takes at once, and none of the Secrets of its units', async () => {
    const rehearsal = await aRehearsal();
    const secret = randomBytes(16).toString('hex');
    const spec = aSpec();
    const small = aPlan({ spec, units: [] });
    const [step] = small.steps;
    // of 5 MB, a quarter are digests, which cannot be compressed
    const steps = Array.from({ length: 20_000 }, () => ({ ...step!, digest: randomBytes(32).toString('hex') }));
    const plan = { ...small, steps };
    const body = { plan, spec, units: [aRenderedUnit({ name: 'redis', objects: [aSecret(secret)] })] };
    const artifact = await createFolderArtifacts(rehearsal.target.artifacts).put(JSON.stringify(body));
    const reference = { cluster: plan.cluster, digest: plan.digest, artifact };

    const read = await readPlan({ target: await elsewhere(rehearsal), client: rehearsal.env.client }, reference);

    expect(read).toEqual(plan);
    const runs = await resultsOf(rehearsal);
    expect(runs.length).toBeGreaterThan(5);
    expect(runs.join('')).toContain(plan.digest);
    expect(runs.join('')).not.toContain(secret);
  });

  it('says which store lacks it when the worker does not have it either', async () => {
    const rehearsal = await aRehearsal();
    const nothing = { cluster: 'one', digest: 'sha256:none', artifact: `sha256:${'0'.repeat(64)}` };
    const source = { target: await elsewhere(rehearsal), client: rehearsal.env.client };

    await expect(readPlan(source, nothing)).rejects.toMatchObject({
      type: 'ArtifactMissing',
      message: expect.stringContaining(`not in the folder ${rehearsal.target.artifacts}`),
    });
  });

  it('says that a worker is missing, instead of waiting for one', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/one-node.yaml', worker: false });
    const nothing = { cluster: 'one', digest: 'sha256:none', artifact: `sha256:${'0'.repeat(64)}` };
    const source = { target: await elsewhere(rehearsal), client: rehearsal.env.client };

    await expect(readPlan(source, nothing)).rejects.toMatchObject({ type: 'WorkerUnreachable' });
  });
});

function aSecret(password: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'password' }, stringData: { password } };
}

/** The text that each run of the reading workflow has handed over. */
async function resultsOf({ client, env }: SimulatedRehearsal): Promise<readonly string[]> {
  const found: string[] = [];
  // what has just ended is listed a moment later
  await until(
    async () => (await client.count("WorkflowType = 'readArtifact' AND ExecutionStatus = 'Running'")).count === 0,
  );
  for await (const { workflowId } of client.list({ query: "WorkflowType = 'readArtifact'" })) {
    const { content = '' } = ArtifactPart.parse(await env.client.workflow.getHandle(workflowId).result());
    found.push(gunzipSync(Buffer.from(content, 'base64')).toString());
  }
  return found;
}

const ArtifactPart = z.object({ parts: z.number(), content: z.string().optional() });
