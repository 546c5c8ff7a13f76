import { sleep } from '@temporalio/workflow';
import { createPlanRun } from '../../workflows/run/plan-run.js';
import { controlPlaneReadySignal } from '../../workflows/contract/message-definitions.js';
import type { ChildResult } from '../../workflows/contract/inputs.js';
import { runChild } from '../../workflows/run/run-child.js';

/** A lock that is so slow that its child has ended before it can tell it anything. Returns the states of the child. */
export async function lateParent(): Promise<readonly string[]> {
  const plan = { cluster: 'late', digest: '', artifact: '', changes: 1, network: [], nodes: [], units: [] };
  const run = createPlanRun({
    plan,
    spec: { cluster: 'late', approval: 'none', artifact: '' },
    approved: true,
    searchAttributes: [],
  });
  const states: string[] = [];
  await runChild(run, {
    title: 'a child that ends at once',
    workflowId: 'early-child',
    workflow: earlyChild,
    input: () => ({}),
    state: (state) => states.push(state),
    async started(child) {
      await sleep('1 minute');
      await child.signal(controlPlaneReadySignal);
    },
  });
  return states;
}

export async function earlyChild(_input: object): Promise<ChildResult> {
  return { outcome: 'done', changes: 1, skipped: [] };
}
