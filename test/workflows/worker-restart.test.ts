import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDetached } from '../../systems/process.js';
import { root } from '../../installation/config.js';
import { applyStatusQuery } from '../../workflows/contract/message-definitions.js';
import { nodeWorkflowId } from '../../model/names/workflow-ids.js';
import type { applyPlan } from '../../workflows/index.js';
import { count, historyOf } from './observed.js';
import { eachOnce, oncePerNode } from './once-per-node.js';
import { aSimulatedRehearsal, until, type SimulatedRehearsal } from './simulated-worker.js';
import { workflowBundle } from './workflow-bundle.js';

describe('a worker', () => {
  it('that is shut down in the middle is followed by another that goes on; that is no failure of the step', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml' });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached());

    await rehearsal.endWorker();
    expect(oncePerNode(rehearsal.effects())).not.toContain('kubeadm join k8s-redis');
    join.release();
    await rehearsal.startWorker();

    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(oncePerNode(rehearsal.effects())).toEqual(eachOnce);
    const history = await historyOf(rehearsal, nodeWorkflowId('three', 'k8s-redis'));
    expect(count(history, 'ACTIVITY_TASK_FAILED')).toBe(0);
    expect(count(history, 'TIMER_STARTED')).toBe(0);
  });

  it('that is killed in the middle of a join is followed by another; each effect happens once', async () => {
    const rehearsal = await aSimulatedRehearsal({ server: 'real', spec: 'examples/three-nodes.yaml', worker: false });
    const join = rehearsal.gates.hold('k8s-redis', 'join');
    const killed = await startKillableWorker(rehearsal);
    const handle = await rehearsal.rollOut({ approve: true });
    await until(() => join.reached(), 60_000);

    process.kill(killed, 'SIGKILL');
    // the host ends the join by itself, as kubeadm does whose SSH connection is gone
    join.release();
    await until(() => oncePerNode(rehearsal.effects()).includes('kubeadm join k8s-redis'));
    await rehearsal.startWorker();
    expect(await handle.result()).toMatchObject({ outcome: 'done' });
    expect(oncePerNode(rehearsal.effects())).toEqual(eachOnce);
    const history = await historyOf(rehearsal, nodeWorkflowId('three', 'k8s-redis'));
    expect(count(history, 'ACTIVITY_TASK_FAILED') + count(history, 'ACTIVITY_TASK_TIMED_OUT')).toBe(0);
  });

  it('finds a step still parked that an earlier worker parked', async () => {
    const rehearsal = await aSimulatedRehearsal({
      server: 'real',
      spec: 'examples/three-nodes.yaml',
      faults: ['ap-northeast-2a: no capacity', 'ap-northeast-2c: no capacity'],
    });
    const handle = await rehearsal.rollOut({ approve: true });
    const lock = rehearsal.client.getHandle<typeof applyPlan>('cluster/three');
    const parked = async () =>
      lock.query(applyStatusQuery).then(
        (status) => status.parked.map(({ parkId }) => parkId),
        () => [],
      );
    await until(async () => (await parked()).length === 3);
    const before = await parked();
    await rehearsal.endWorker();
    await rehearsal.startWorker();

    expect(await parked()).toEqual(before);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
  });
});

async function startKillableWorker(rehearsal: SimulatedRehearsal): Promise<number> {
  const { codePath } = await workflowBundle();
  const target = { ...rehearsal.target, simulatedOutside: rehearsal.outsideUrl };
  const file = join(root, 'test/workflows/worker-process.ts');
  const args = ['--import', 'tsx', file, JSON.stringify(target), codePath];
  const logFile = join(dirname(rehearsal.target.spec), 'worker.log');
  const pid = startDetached(process.execPath, args, { cwd: root, logFile });
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it was killed, as it should be
    }
  });
  return pid;
}
