import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulatedRehearsal, type SimulatedRehearsal } from './simulated-rehearsal.js';

/** Everything here is asked of Temporal's own program: nothing of ours stands between the operator and the worker. */
describe('temporal workflow execute', () => {
  let rehearsal: SimulatedRehearsal;
  const rollOut = (): Promise<unknown> =>
    rehearsal.temporal(
      ...['workflow', 'execute', '--type', 'rollOutCluster', '--task-queue', 'groundswell'],
      ...['--input', '{"approve":true}'],
    );

  beforeAll(async () => {
    rehearsal = await simulatedRehearsal('bare-cli');
  });
  afterAll(() => rehearsal.end());

  it('rolls the default cluster out, one child workflow for each of 14 nodes', async () => {
    const execution = await rollOut();

    expect(execution).toMatchObject({
      type: 'rollOutCluster',
      status: 'COMPLETED',
      result: { cluster: 'ecoeco', outcome: 'done' },
    });
    const nodes = await rehearsal.temporal('workflow', 'list', '--query', 'WorkflowType = "rollOutNode"');
    expect(nodes).toHaveLength(14);
  });

  it('finds nothing to do the second time, and makes no second lock', async () => {
    const execution = await rollOut();

    expect(execution).toMatchObject({ status: 'COMPLETED', result: { outcome: 'nothing to do', changes: 0 } });
    const locks = await rehearsal.temporal('workflow', 'list', '--query', 'WorkflowType = "applyPlan"');
    expect(locks).toHaveLength(1);
  });
});
