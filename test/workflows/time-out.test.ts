import { expect, describe, it } from 'vitest';
import { alteredBundle } from './altered-bundle.js';
import { lockOf, parkedOf } from './locked.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

const shortLong = {
  file: 'step/activity-options.ts',
  from: `startToCloseTimeout: '60 minutes'`,
  to: `startToCloseTimeout: '4 seconds'`,
};

describe('a step whose activity hangs beyond its time, heartbeats and all', () => {
  it('is counted and parks, and is not begun again by the server without limit', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml', worker: false });
    await rehearsal.startWorker(await alteredBundle('short-long', shortLong));
    rehearsal.gates.hold('k8s-redis', 'prepare');
    await rehearsal.rollOut({ approve: true });

    await until(async () => (await parkedOf(rehearsal)).length > 0, 100_000);

    const [step] = await parkedOf(rehearsal);
    expect(step).toMatchObject({ step: 'node/k8s-redis/prepared', failure: { type: 'TimedOut', attempts: 3 } });
    expect(step?.failure?.message).toMatch(/^prepareHost: expected an end within its time, found it still at work$/);
    await lockOf(rehearsal).cancel();
  });
});
