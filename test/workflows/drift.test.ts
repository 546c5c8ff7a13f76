import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriftReport } from '../../model/status/drift.js';
import type { CheckDriftInput } from '../../workflows/contract/inputs.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { checkDrift } from '../../workflows/index.js';
import { aSettledRehearsal, editSpec, removeAuth } from './machines.js';
import { failureOf } from './refusal.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

let checks = 0;

async function check({ client }: SimulatedRehearsal, input?: CheckDriftInput): Promise<DriftReport> {
  checks += 1;
  return client.execute<typeof checkDrift>('checkDrift', {
    ...{ taskQueue, workflowId: `check-${checks}` },
    args: input === undefined ? [] : [input],
  });
}

/** What of the outside and of the worker's own folder a check must leave as it is. */
function stateOf(rehearsal: SimulatedRehearsal): string {
  const { things } = rehearsal.world;
  return JSON.stringify([rehearsal.effects(), things.instances, things.parts, [...things.locks], [...things.objects]]);
}

describe('checkDrift', () => {
  it('finds nothing after a roll-out, and changes nothing', async () => {
    const rehearsal = await aSettledRehearsal();
    const before = stateOf(rehearsal);

    expect(await check(rehearsal)).toMatchObject({ cluster: 'three', count: 0, differences: [] });

    expect(stateOf(rehearsal)).toBe(before);
  });

  it('names each thing that differs, with its cause, and changes nothing', async () => {
    const rehearsal = await aSettledRehearsal();
    await removeAuth(rehearsal);
    const redis = rehearsal.world.things.instances.find(({ node }) => node === 'k8s-redis')!;
    redis.state = 'stopped';
    const before = stateOf(rehearsal);

    const { count, differences } = await check(rehearsal);

    expect(differences.filter(({ stays }) => stays !== true)).toEqual([
      { kind: 'node', name: 'k8s-redis', differs: `${redis.id} is stopped` },
      { kind: 'unit', name: 'api-auth', differs: expect.stringContaining('not in the spec any more') as string },
      { kind: 'node', name: 'k8s-api-auth', differs: 'not in the spec any more, and still there' },
    ]);
    expect(count).toBe(differences.length);
    expect(stateOf(rehearsal)).toBe(before);
  });

  it('runs beside a roll-out, and says that one is at work', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      server: 'real',
    });
    const gate = rehearsal.gates.hold('k8s-redis', 'join');
    const rollOut = await rehearsal.rollOut({ approve: true, by: 'kim' });
    await until(() => gate.reached(), 120_000);

    const report = await check(rehearsal);
    gate.release();

    expect(report).toMatchObject({ applying: { by: 'kim' } });
    expect(report.differences).toContainEqual({ kind: 'node', name: 'k8s-redis', differs: 'no Node of this name' });
    expect(await rollOut.result()).toMatchObject({ outcome: 'done' });
  });

  it('fails where the cluster cannot be seen: nobody knows what differs', async () => {
    const rehearsal = await aSettledRehearsal();
    for (const instance of rehearsal.world.things.instances) {
      if (instance.node === 'k8s-master') instance.sshAtMs = Infinity;
    }

    expect(await failureOf(check(rehearsal))).toMatchObject({ type: 'ClusterUnseen' });
  });

  it('makes no worker secret for a cluster that is not there yet', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    const { spec, workerSecretFile } = rehearsal.target;
    await mkdir(join(dirname(spec), 'keys'));
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'key' }, stringData: { key: 'k' } };
    await writeFile(join(dirname(spec), 'keys/secret.yaml'), JSON.stringify(secret));
    await editSpec(rehearsal, (document) => {
      document.addIn(['units'], { name: 'keys', wave: 0, namespace: 'keys', manifests: 'keys' });
    });

    expect(await failureOf(check(rehearsal))).toMatchObject({ type: 'WorkerSecretMissing' });

    await expect(access(workerSecretFile)).rejects.toThrow('ENOENT');
    expect(rehearsal.effects()).toEqual([]);
  });

  it('refuses what it does not know, in one sentence', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/one-node.yaml' });
    const approving: object = { approve: true };

    expect(await failureOf(check(rehearsal, approving))).toEqual({
      type: 'InputInvalid',
      message: 'input of checkDrift: "approve": expected one of spec',
    });
  });

  it('tells of settings that a roll-out would record', async () => {
    const rehearsal = await aSettledRehearsal();
    await editSpec(rehearsal, (document) => {
      document.set('approval', 'none');
    });

    expect((await check(rehearsal)).differences).toEqual([
      { kind: 'setting', name: 'approval', differs: 'not as the last roll-out recorded it' },
    ]);
  });
});
