import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { nodeWorkflowId, waveWorkflowId } from '../../model/names/workflow-ids.js';
import { taskQueue } from '../../workflows/contract/task-queues.js';
import { aSimulatedRehearsal } from './simulated-worker.js';
import { workflowBundle } from './workflow-bundle.js';

describe('the histories of a roll-out', () => {
  it('replay against the workflows that made them, one of each type, and not when an event is another', async () => {
    const rehearsal = await aSimulatedRehearsal({
      spec: 'examples/three-nodes.yaml',
      faults: ['k8s-redis: join fails once'],
    });
    await (await rehearsal.rollOut({ approve: true }, 'front-door')).result();
    await (await rehearsal.client.start('planCluster', { taskQueue, workflowId: 'a-plan', args: [] })).result();
    const bundle = await workflowBundle();
    const ids = [
      'front-door',
      'cluster/three',
      nodeWorkflowId('three', 'k8s-redis'),
      nodeWorkflowId('three', 'k8s-master'),
      waveWorkflowId('three', 1),
      'a-plan',
    ];
    for (const id of ids) {
      const history = await rehearsal.client.getHandle(id).fetchHistory();
      await Worker.runReplayHistory({ workflowBundle: bundle }, history, id);
    }

    const whole = historyToJSON(await rehearsal.client.getHandle('a-plan').fetchHistory());
    const other = historyFromJSON(JSON.parse(whole.replaceAll('"makePlan"', '"guessPlan"')));
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, other, 'a-plan')).rejects.toThrow(
      DeterminismViolationError,
    );
  });
});
