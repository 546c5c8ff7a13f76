import { setHandler } from '@temporalio/workflow';
import type { PlannedNode } from '../model/plan.js';
import { referenceOf, type Application } from './application.js';
import { controlPlaneReadySignal, nodeReadySignal, nodeSkippedSignal, nodeWorkflowId } from './contract.js';
import { throwWorst } from './failures.js';
import { rollOutNode } from './roll-out-node.js';
import { runChild } from './run-child.js';

/** Rolls all nodes out side by side, one child each; a node that needs nothing has none. */
export async function rollOutNodes(application: Application): Promise<void> {
  setHandler(controlPlaneReadySignal, async () => {
    application.controlPlaneReady = true;
    const children = [...application.children].filter(([id]) => id.includes('/node/'));
    await Promise.allSettled(children.map(([, child]) => child.signal(controlPlaneReadySignal)));
  });
  const nodes = application.input.plan.nodes.filter(({ op }) => op !== 'none');
  const outcomes = await Promise.allSettled(nodes.map((node) => rollOutOne(application, node)));
  throwWorst(outcomes);
}

async function rollOutOne(application: Application, node: PlannedNode): Promise<void> {
  const { name } = node;
  const { skipped } = await runChild(application, {
    title: `node ${name}`,
    workflowId: nodeWorkflowId(application.plan.cluster, name),
    workflow: rollOutNode,
    input: (parent) => ({
      plan: referenceOf(application.plan),
      node,
      parent,
      controlPlaneReady: application.controlPlaneReady,
      paused: application.steps.paused,
    }),
    state: (state) => application.nodeStates.set(name, state),
    // the control plane may have answered between the making of the input and the start
    started: (child) => (application.controlPlaneReady ? child.signal(controlPlaneReadySignal) : Promise.resolve()),
  });
  const ready = skipped.length === 0;
  (ready ? application.readyNodes : application.skippedNodes).add(name);
  const waves = [...application.children].filter(([id]) => id.includes('/wave/'));
  const signal = ready ? nodeReadySignal : nodeSkippedSignal;
  await Promise.allSettled(waves.map(([, child]) => child.signal(signal, { node: name })));
}
