import { describe, expect, it } from 'vitest';
import { applyStatusQuery, nodeStatusQuery } from '../../workflows/contract/message-definitions.js';
import { applyWorkflowId, nodeWorkflowId } from '../../model/names/workflow-ids.js';
import { aSimulatedRehearsal, type SimulatedRehearsal } from './simulated-worker.js';

const dayMs = 86_400_000;

/** A cluster of three nodes whose certificates have so many days left. */
async function aClusterWith(days: number): Promise<SimulatedRehearsal> {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml' });
  expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
  const master = rehearsal.world.things.instances.find(({ node }) => node === 'k8s-master');
  const expiresAt = new Date(Date.now() + days * dayMs).toISOString();
  rehearsal.world.things.files.get(master?.id ?? '')?.set('certificates', expiresAt);
  return rehearsal;
}

async function expiryInStatus({ client, cluster }: SimulatedRehearsal): Promise<number> {
  const { expiry } = await client.getHandle(applyWorkflowId(cluster)).query(applyStatusQuery);
  return Date.parse(expiry?.expiresAt ?? '');
}

describe('certificates of a running cluster', () => {
  it('are renewed by a roll-out from 30 days before they expire, once, and nothing else is changed but the lock', async () => {
    const rehearsal = await aClusterWith(20);
    const before = rehearsal.effects().length;

    const again = await rehearsal.rollOut({ approve: true }, 'again');

    expect(await again.result()).toMatchObject({ outcome: 'done', changes: 1 });
    expect(
      rehearsal
        .effects()
        .slice(before)
        .map(({ effect, node }) => [effect, node]),
    ).toEqual([
      ['CreateLaunchTemplate', undefined],
      ['kubeadm certs renew', 'k8s-master'],
      ['DeleteLaunchTemplate', undefined],
    ]);
    const third = await rehearsal.rollOut({ approve: true }, 'third');
    expect(await third.result()).toMatchObject({ outcome: 'nothing to do' });
  });

  it('are renewed before the workers that join then: they wait for that control plane', async () => {
    const rehearsal = await aClusterWith(20);
    const redis = rehearsal.world.things.instances.find(({ node }) => node === 'k8s-redis');
    redis!.state = 'terminated';
    rehearsal.world.things.objects.delete('v1/Node//k8s-redis');

    const again = await rehearsal.rollOut({ approve: true }, 'again');

    expect(await again.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm certs renew')).toHaveLength(1);
    expect(rehearsal.effects('kubeadm join').filter(({ node }) => node === 'k8s-redis')).toHaveLength(2);
  });

  it('are known to the status of a run as its end saw them', async () => {
    const rehearsal = await aClusterWith(20);
    expect(await expiryInStatus(rehearsal)).toBeGreaterThan(Date.now() + 300 * dayMs);

    await (await rehearsal.rollOut({ approve: true }, 'again')).result();

    expect(await expiryInStatus(rehearsal)).toBeGreaterThan(Date.now() + 300 * dayMs);
  });

  it('that have expired are the only thing that the roll-out begins, and then the cluster is seen again', async () => {
    const rehearsal = await aClusterWith(-1);
    const before = rehearsal.effects().length;

    const again = await rehearsal.rollOut({ approve: true }, 'again');

    expect(await again.result()).toMatchObject({ outcome: 'done', changes: 1 });
    expect(
      rehearsal
        .effects()
        .slice(before)
        .map(({ effect }) => effect),
    ).toEqual(['CreateLaunchTemplate', 'kubeadm certs renew', 'DeleteLaunchTemplate']);
    const { steps } = await rehearsal.client
      .getHandle(nodeWorkflowId(rehearsal.cluster, 'k8s-master'))
      .query(nodeStatusQuery);
    expect(steps.filter(({ state }) => state !== 'not begun').map(({ step }) => step)).toEqual([
      'node/k8s-master/certificates',
    ]);
    const third = await rehearsal.rollOut({ approve: true }, 'third');
    expect(await third.result()).toMatchObject({ outcome: 'nothing to do' });
  });

  it('wait for their approval like any change: nothing is renewed by a click on Start', async () => {
    const rehearsal = await aClusterWith(-1);
    const before = rehearsal.effects();

    const again = await rehearsal.rollOut({ approvalHours: 1 }, 'again');

    expect(await again.result()).toMatchObject({ outcome: 'expired' });
    expect(rehearsal.effects()).toEqual(before);
  });
});
