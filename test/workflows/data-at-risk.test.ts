import { describe, expect, it } from 'vitest';
import { putObject } from '../../rehearsal/simulated/kubernetes/kept-objects.js';
import { parkedOf, resolve, untilParked } from './locked.js';
import { refusalOf } from './refusal.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';

/** A pod that no unit of the spec knows, with its data on the host. */
function putDatabase({ world }: SimulatedRehearsal): void {
  putObject(world, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'db-0', namespace: 'theirs' },
    spec: { nodeName: 'k8s-redis', volumes: [{ name: 'data', hostPath: { path: '/srv' } }] },
  });
}

function endedOf(rehearsal: SimulatedRehearsal): number {
  return rehearsal.effects('TerminateInstances').length;
}

describe('the replacement of a host with data that the spec does not know', () => {
  it('parks before anything is ended, and goes on once a person has named what is lost', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails 3 times'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, 'node/k8s-redis/join');
    putDatabase(rehearsal);
    await resolve(rehearsal, { step: 'node/k8s-redis/join', action: 'replace' });
    await untilParked(rehearsal, 'node/k8s-redis/fenced');
    expect(await parkedOf(rehearsal)).toMatchObject([{ failure: { type: 'DataAtRisk' } }]);
    expect(endedOf(rehearsal)).toBe(0);

    const fenced = { step: 'node/k8s-redis/fenced', action: 'replace' } as const;
    expect(await refusalOf(resolve(rehearsal, fenced))).toContain(
      'replace with --confirm and the names of the lost units',
    );
    await resolve(rehearsal, { ...fenced, confirm: 'theirs/db-0' });

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(endedOf(rehearsal)).toBe(1);
  });

  it('is asked for its name at once where the plan has seen the data', async () => {
    const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    putDatabase(rehearsal);
    rehearsal.world.things.objects.delete('v1/Node//k8s-redis');
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, 'node/k8s-redis/join');

    const answer = { step: 'node/k8s-redis/join', action: 'replace' } as const;
    expect(await refusalOf(resolve(rehearsal, answer))).toContain('k8s-redis holds data of theirs/db-0');
    await resolve(rehearsal, { ...answer, action: 'abort' });
    await handle.result().catch(() => undefined);
  });
});
