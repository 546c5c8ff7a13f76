import { describe, expect, it } from 'vitest';
import { frontDoorStatusQuery, stopSignal } from '../../workflows/contract/message-definitions.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import type { PlanSkeleton } from '../../model/plan/plan-skeleton.js';
import { untilParked } from './locked.js';
import { deploymentsInOrder } from './observed.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

describe('a unit whose gate never held', () => {
  it('is a change of the next plan, and holds up later waves, after a stop', async () => {
    const rehearsal = await aSimulatedRehearsal({ faults: ['api-location: never ready'] });
    const first = await rehearsal.rollOut({ approve: true }, 'first');
    await until(() => deploymentsInOrder(rehearsal).includes('api/location'));
    await untilParked(rehearsal, 'wave/2/api-location');
    await first.signal(stopSignal, { by: 'kim' });
    expect(await first.result()).toMatchObject({ outcome: 'stopped' });

    const planned = await rehearsal.client.start<() => Promise<PlanSkeleton>>('planCluster', {
      taskQueue,
      workflowId: 'a-plan',
      args: [],
    });
    const { units } = await planned.result();
    expect(units.find(({ name }) => name === 'api-location')?.op).toBe('change');
    expect(units.find(({ name }) => name === 'api-character')?.op).toBe('none');

    const second = await rehearsal.rollOut({ approve: true }, 'second');
    // until it has the lock, what is parked is of the first
    await until(async () => (await second.query(frontDoorStatusQuery)).phase === 'applying');
    await untilParked(rehearsal, 'wave/2/api-location');
    expect(deploymentsInOrder(rehearsal)).not.toContain('api/info');
    await second.cancel();
    await second.result();
  });
});
