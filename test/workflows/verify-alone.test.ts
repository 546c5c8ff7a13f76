import { describe, expect, it } from 'vitest';
import { parkedOf, resolve, untilParked } from './locked.js';
import { aSimulatedRehearsal } from './simulated-worker.js';

const deployment = 'apps/v1/Deployment/api/auth';

describe('a run that is asked to verify', () => {
  it('looks at a cluster that needs no change, parks on what is not ready, and needs no approval', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      paces: { verification: { everyMs: 10, deadlineMs: 300 } },
    });
    const first = await (await rehearsal.rollOut({ approve: true })).result();
    expect(first).toMatchObject({ outcome: 'done' });
    const before = rehearsal.effects();
    rehearsal.world.things.readyAtMs.set(deployment, Number.POSITIVE_INFINITY);
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'nothing to do' });

    const handle = await rehearsal.rollOut({ verify: true });
    await untilParked(rehearsal, 'verify/cluster');
    expect(await parkedOf(rehearsal)).toMatchObject([{ failure: { type: 'VerifyFailed' } }]);
    rehearsal.world.things.readyAtMs.set(deployment, 0);
    await resolve(rehearsal, { step: 'verify/cluster', action: 'retry' });

    expect(await handle.result()).toMatchObject({ outcome: 'done', changes: 0 });
    expect(rehearsal.effects()).toEqual(before);
  });
});
