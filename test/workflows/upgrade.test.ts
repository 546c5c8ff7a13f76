import { describe, expect, it } from 'vitest';
import { refusedLine } from '../../worker/replay-open-runs.js';
import { alteredBundle } from './altered-bundle.js';
import { statusOf } from './locked.js';
import { aSimulatedRehearsal, until } from './simulated-worker.js';

/** A roll-out in the middle of a join, begun by a worker of the present build that has ended since. */
async function anInterruptedRun() {
  const rehearsal = await aSimulatedRehearsal({ spec: 'examples/three-nodes.yaml', server: 'real' });
  const join = rehearsal.gates.hold('k8s-redis', 'join');
  const handle = await rehearsal.rollOut({ approve: true });
  await until(() => join.reached());
  await until(async () => (await statusOf(rehearsal)).nodes.filter(({ state }) => state === 'done').length === 2);
  await rehearsal.endWorker();
  join.release();
  return { rehearsal, handle };
}

describe('another build of the workflows', () => {
  it('goes on with what an earlier one began, where the change is innocent', async () => {
    const { rehearsal, handle } = await anInterruptedRun();
    const innocent = await alteredBundle('innocent', {
      file: 'step/run-step.ts',
      from: "note: 'the run is paused'",
      to: "note: 'waits for somebody to resume the run'",
    });
    expect(await rehearsal.startWorker(innocent)).toEqual([]);
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
  });

  it('that orders its commands otherwise names every run that it cannot go on with, and the two ways out', async () => {
    const { rehearsal, handle } = await anInterruptedRun();
    const reordered = await alteredBundle('reordered', {
      file: 'roll-out-node.ts',
      from: 'await run(part, leavingParts',
      to: "if (part !== 'reachable') await run(part, leavingParts",
    });
    const refused = await rehearsal.startWorker(reordered);
    expect(refused.map(({ workflowId }) => workflowId)).toEqual(['cluster/three/node/k8s-redis']);
    const [run] = refused;
    if (run === undefined) throw new Error('unreachable');
    expect(refusedLine(run)).toMatch(
      /^cluster\/three\/node\/k8s-redis \(run [0-9a-f-]+\): another build began this run, .*temporal workflow terminate -w .*npx groundswell up/,
    );
    expect(refusedLine(run)).not.toContain('\n');

    // the first way out: the build that began it
    await rehearsal.endWorker();
    expect(await rehearsal.startWorker()).toEqual([]);
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
  });

  it('finishes the cluster after its run was given up', async () => {
    const { rehearsal, handle } = await anInterruptedRun();
    for (const id of ['cluster/three', 'cluster/three/node/k8s-redis']) {
      await rehearsal.client.getHandle(id).terminate('another build');
    }
    await rehearsal.startWorker();
    await expect(handle.result()).rejects.toThrow();
    expect(await (await rehearsal.rollOut({ approve: true })).result()).toMatchObject({ outcome: 'done' });
    expect(rehearsal.effects('kubeadm join', 'kubeadm init')).toHaveLength(3);
    expect(rehearsal.effects('RunInstances')).toHaveLength(3);
  });
});
