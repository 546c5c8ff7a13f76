import { cp, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApplyStatus } from '../../model/status/status.js';
import { root } from '../../installation/config.js';
import { approveUpdate, frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { lockOf, resolve, statusOf, untilParked } from './locked.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';

/** A roll-out of three nodes whose manifests can be edited, held while the control plane is initialised. */
async function aHeldRun(faults: readonly string[] = []) {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', faults });
  const folder = join(dirname(rehearsal.target.spec), 'units');
  await cp(join(root, 'examples/units'), folder, { recursive: true });
  const spec = await readFile(rehearsal.target.spec, 'utf8');
  await writeFile(rehearsal.target.spec, spec.replaceAll(join(root, 'examples/units'), folder));
  const init = rehearsal.gates.hold('k8s-master', 'init');
  const handle = await rehearsal.rollOut({});
  await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
  const { planDigest: digest = '' } = await handle.query(frontDoorStatusQuery);
  await handle.executeUpdate(approveUpdate, { args: [{ digest, by: 'kim' }] });
  await until(() => init.reached());
  return {
    rehearsal,
    init,
    result: () => handle.result(),
    edit: async (unit: string, file: string) => {
      const path = join(folder, unit, file);
      const text = await readFile(path, 'utf8');
      await writeFile(path, text.replace('labels: {', 'labels: { edited: "yes",'));
    },
  };
}

function endInstance(rehearsal: SimulatedRehearsal, node: string): void {
  for (const instance of rehearsal.world.things.instances) {
    if (instance.node === node) instance.state = 'terminated';
  }
}

async function approveAmended(rehearsal: SimulatedRehearsal): Promise<void> {
  await until(async () => (await statusOf(rehearsal)).amended !== undefined);
  const digest = (await statusOf(rehearsal)).amended?.digest ?? '';
  await lockOf(rehearsal).executeUpdate(approveUpdate, { args: [{ digest, by: 'lee' }] });
}

/** How often an object was applied. */
function applies(rehearsal: SimulatedRehearsal, key: string): number {
  return rehearsal.effects('apply').filter((effect) => effect.key === key).length;
}

describe('a plan that was approved in place of a stale one', () => {
  it('is the one that open and later waves go by: no object of the earlier plan is applied any more', async () => {
    const { rehearsal, init, result, edit } = await aHeldRun();
    await edit('redis', 'service.yaml');
    await edit('api-auth', 'deployment.yaml');
    endInstance(rehearsal, 'k8s-redis');
    init.release();
    await approveAmended(rehearsal);

    expect(await result()).toMatchObject({ outcome: 'done' });
    // a step by the older plan would have found newer objects, or would have applied older ones
    for (const key of ['v1/Service/data/redis', 'apps/v1/Deployment/api/auth']) {
      expect(applies(rehearsal, key)).toBe(1);
      expect(rehearsal.world.things.objects.get(key)?.metadata.labels).toMatchObject({ edited: 'yes' });
    }
  });

  it('rolls a node out again that was Ready before and has lost its instance since', async () => {
    const { rehearsal, init, result } = await aHeldRun(['k8s-redis: join fails 3 times']);
    init.release();
    await untilParked(rehearsal, 'node/k8s-redis/join');
    await until(async () => stateOf(await statusOf(rehearsal), 'k8s-api-auth') === 'done');
    endInstance(rehearsal, 'k8s-redis');
    endInstance(rehearsal, 'k8s-api-auth');
    await resolve(rehearsal, { step: 'node/k8s-redis/join', action: 'retry' });
    await approveAmended(rehearsal);

    expect(await result()).toMatchObject({ outcome: 'done' });
    const generations = rehearsal.world.things.instances
      .filter(({ node }) => node !== 'k8s-master')
      .map(({ node, generation }) => `${node} ${generation}`);
    expect(generations.toSorted()).toEqual(['k8s-api-auth 1', 'k8s-api-auth 2', 'k8s-redis 1', 'k8s-redis 2']);
  });
});

function stateOf({ nodes }: ApplyStatus, name: string): string | undefined {
  return nodes.find((node) => node.name === name)?.state;
}
