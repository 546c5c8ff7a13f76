import { condition, setHandler } from '@temporalio/workflow';
import type { PlannedNode } from '../model/plan.js';
import { referenceOf, type Application } from './application.js';
import { controlPlaneReadySignal, nodeSkippedSignal, nodeWorkflowId } from './contract.js';
import { Stopped, throwWorst } from './failures.js';
import { rollOutNode } from './roll-out-node.js';
import { runChild } from './run-child.js';
import { tellNodeReady } from './tell-waves.js';

/**
 * How many nodes are rolled out at the same time, those not counted that wait for a person. So a large cluster takes no
 * more of a worker's memory and leaves no more instances idle than a small one, and its later nodes need not be told that
 * the control plane answers.
 */
const mostNodesAtOnce = 100;

/** Rolls all nodes out side by side, one child each; a node that needs nothing has none. */
export async function rollOutNodes(application: Application): Promise<void> {
  setHandler(controlPlaneReadySignal, async () => {
    application.controlPlaneReady = true;
    const children = [...application.children].filter(([id]) => id.includes('/node/'));
    await Promise.allSettled(children.map(([, child]) => child.signal(controlPlaneReadySignal)));
  });
  const { steps, parked } = application;
  let open = 0;
  const isFull = (): boolean => {
    if (open < mostNodesAtOnce) return false;
    return open - parked.list().filter(({ step }) => step.startsWith('node/')).length >= mostNodesAtOnce;
  };
  const outcomes: Promise<readonly PromiseSettledResult<void>[]>[] = [];
  for (const node of application.input.plan.nodes.filter(({ op }) => op !== 'none')) {
    if (isFull()) await condition(() => !isFull() || steps.stopping);
    open += 1;
    const one = steps.stopping
      ? Promise.reject(new Stopped(`stopped before ${node.name}`))
      : rollOutOne(application, node);
    outcomes.push(Promise.allSettled([one.finally(() => (open -= 1))]));
  }
  throwWorst((await Promise.all(outcomes)).flat());
}

async function rollOutOne(application: Application, node: PlannedNode): Promise<void> {
  const { name } = node;
  let told = false;
  const { skipped } = await runChild(application, {
    title: `node ${name}`,
    workflowId: nodeWorkflowId(application.plan.cluster, name),
    workflow: rollOutNode,
    input: (parent) => {
      told = application.controlPlaneReady;
      const { paused } = application.steps;
      return { plan: referenceOf(application.plan), node, parent, controlPlaneReady: told, paused };
    },
    state: (state) => application.nodeStates.set(name, state),
    // the control plane may have answered between the making of the input and the start
    started: async (child) => {
      if (application.controlPlaneReady && !told) await child.signal(controlPlaneReadySignal);
    },
  });
  if (skipped.length === 0) {
    application.readyNodes.add(name);
    await tellNodeReady(application, name);
    return;
  }
  application.skippedNodes.add(name);
  const waves = [...application.children].filter(([id]) => id.includes('/wave/'));
  await Promise.allSettled(waves.map(([, child]) => child.signal(nodeSkippedSignal, { node: name })));
}
