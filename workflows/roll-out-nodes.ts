import { setHandler } from '@temporalio/workflow';
import type { PlannedNode } from '../model/plan.js';
import type { Application } from './application.js';
import { controlPlaneReadySignal, nodeReadySignal, nodeWorkflowId } from './contract.js';
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
  const problem = outcomes.find((outcome) => outcome.status === 'rejected');
  if (problem !== undefined) throw problem.reason;
}

async function rollOutOne(application: Application, node: PlannedNode): Promise<void> {
  const { cluster } = application.plan;
  await runChild(application, {
    title: `node ${node.name}`,
    workflowId: nodeWorkflowId(cluster, node.name),
    workflow: rollOutNode,
    input: (parent) => ({
      plan: application.plan,
      node,
      parent,
      controlPlaneReady: application.controlPlaneReady,
    }),
    state: (state) => application.nodeStates.set(node.name, state),
    // the control plane may have answered between the making of the input and the start
    started: (child) => (application.controlPlaneReady ? child.signal(controlPlaneReadySignal) : Promise.resolve()),
  });
  application.readyNodes.add(node.name);
  const waves = [...application.children].filter(([id]) => id.includes('/wave/'));
  await Promise.allSettled(waves.map(([, child]) => child.signal(nodeReadySignal, { node: node.name })));
}
