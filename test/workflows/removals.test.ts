import { describe, expect, it } from 'vitest';
import { frontDoorStatusQuery } from '../../workflows/contract/message-definitions.js';
import { putObject } from '../../rehearsal/simulated/kubernetes/kept-objects.js';
import { approve } from './approve.js';
import { parkedOf, resolve, untilParked } from './locked.js';
import { aSettledRehearsal, editSpec, hostEffects, objectsOf, removeAuth, up } from './machines.js';
import { refusalOf } from './refusal.js';
import { until } from './simulated-worker.js';

describe('a node and a unit that left the spec', () => {
  it('go: objects first, then pods, instance and Node; nothing else is touched, and the next run has nothing to do', async () => {
    const rehearsal = await aSettledRehearsal();
    await removeAuth(rehearsal);
    const before = rehearsal.effects().length;

    expect(await up(rehearsal)).toMatchObject({ outcome: 'done', changes: 3 });

    expect(hostEffects(rehearsal, before)).toEqual(['TerminateInstances k8s-api-auth']);
    expect(objectsOf(rehearsal).filter((key) => key.includes('api-auth'))).toEqual([]);
    expect(objectsOf(rehearsal)).toContain('v1/Node//k8s-redis');
    expect(await up(rehearsal)).toMatchObject({ outcome: 'nothing to do', changes: 0 });
    expect(await up(rehearsal)).not.toHaveProperty('remarks');
  });

  it('wait for an approval although the spec asks for none', async () => {
    const rehearsal = await aSettledRehearsal();
    await removeAuth(rehearsal);
    await editSpec(rehearsal, (document) => {
      document.set('approval', 'none');
    });
    const handle = await rehearsal.rollOut();
    await until(async () => (await handle.query(frontDoorStatusQuery)).phase === 'waiting for approval');
    expect(rehearsal.effects('TerminateInstances')).toEqual([]);

    await approve(handle);

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('TerminateInstances')).toHaveLength(1);
  });

  it('go without one where the spec covers it by its kind', async () => {
    const rehearsal = await aSettledRehearsal();
    await removeAuth(rehearsal);
    await editSpec(rehearsal, (document) => {
      document.set('approval', 'none');
      document.set('unapproved', document.createNode(['remove-node', 'remove-unit']));
    });

    expect(await (await rehearsal.rollOut()).result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('TerminateInstances')).toHaveLength(1);
  });

  it('stay with their data, as a remark, until its name is typed', async () => {
    const rehearsal = await aSettledRehearsal();
    putObject(rehearsal.world, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'db-0', namespace: 'theirs' },
      spec: { nodeName: 'k8s-api-auth', volumes: [{ name: 'data', hostPath: { path: '/srv' } }] },
    });
    await editSpec(rehearsal, (document) => {
      document.deleteIn(['nodes', 2]);
      document.deleteIn(['units', 1]);
    });

    await up(rehearsal);
    expect(rehearsal.effects('TerminateInstances')).toEqual([]);
    expect(await up(rehearsal)).toMatchObject({ outcome: 'nothing to do', remarks: 1 });

    expect(await up(rehearsal, { confirm: 'theirs/db-0' })).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('TerminateInstances')).toHaveLength(1);
  });

  it('stay where a person skips a drain that is blocked: the host does not go with its pods on it', async () => {
    const rehearsal = await aSettledRehearsal({ paces: { drain: { everyMs: 10, deadlineMs: 200 } } });
    const labels = { app: 'theirs' };
    putObject(rehearsal.world, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'all-stay', namespace: 'theirs' },
      spec: { maxUnavailable: 0, selector: { matchLabels: labels } },
    });
    putObject(rehearsal.world, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web-0', namespace: 'theirs', labels },
      spec: { nodeName: 'k8s-api-auth' },
    });
    await editSpec(rehearsal, (document) => {
      document.deleteIn(['nodes', 2]);
      document.deleteIn(['units', 1]);
    });
    const handle = await rehearsal.rollOut({ approve: true });
    await untilParked(rehearsal, 'node/k8s-api-auth/drained');
    expect(await parkedOf(rehearsal)).toMatchObject([{ failure: { type: 'DrainBlocked' } }]);
    const answer = { step: 'node/k8s-api-auth/drained', action: 'replace' } as const;
    expect(await refusalOf(resolve(rehearsal, answer))).toContain('answer retry, skip or abort');

    await resolve(rehearsal, { ...answer, action: 'skip' });

    expect(await handle.result()).toMatchObject({
      outcome: 'degraded',
      skipped: [{ step: 'node/k8s-api-auth/drained' }, { step: 'node/k8s-api-auth/fenced' }],
    });
    expect(rehearsal.effects('TerminateInstances')).toEqual([]);
  });
});
